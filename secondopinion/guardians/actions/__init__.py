"""The verbs of guardianship: documents, court orders, the other parent, the child, the patient."""

from secondopinion.guardians.actions.agreeing import (
    agree_too,
    answer,
    ask_parent,
    ask_parent_again,
    tell_assent,
    waive_parent,
)
from secondopinion.guardians.actions.documents import judge, send_document
from secondopinion.guardians.actions.growing_up import (
    agree_of_age,
    come_of_age,
    end_renewal,
    invite_patient,
    note_age,
    renew,
)
from secondopinion.guardians.actions.orders import end_order, leave, let_orders_end, note_order

__all__ = [
    "agree_of_age", "agree_too", "answer", "ask_parent", "ask_parent_again", "come_of_age",
    "end_order", "end_renewal", "invite_patient", "judge", "leave", "let_orders_end", "note_age",
    "note_order", "renew", "send_document", "tell_assent", "waive_parent",
]  # fmt: skip
