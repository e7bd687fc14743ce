"""The verbs of a case: the family's request, the desk's intake, the local provider, the end."""

from secondopinion.cases.actions.addressing import ask_address, confirm_address
from secondopinion.cases.actions.conditions import choose_condition
from secondopinion.cases.actions.emergency import (
    end_emergency,
    open_in_emergency,
    review_emergency,
)
from secondopinion.cases.actions.ending import (
    close,
    decline,
    expire_drafts,
    join,
    separate,
    withdraw,
)
from secondopinion.cases.actions.foreseeing import foresee
from secondopinion.cases.actions.guardians import end_guardian, invite_guardian, keep_guardian_out
from secondopinion.cases.actions.intake import (
    answer,
    ask,
    complete,
    drop_request,
    hand_over,
    reopen,
    settle_item,
    take,
)
from secondopinion.cases.actions.pacing import set_pace
from secondopinion.cases.actions.parts import give_part
from secondopinion.cases.actions.provider import (
    change_provider,
    confirm_treating,
    decline_treating,
    invite_provider,
    shut_provider_out,
)
from secondopinion.cases.actions.proving import prove
from secondopinion.cases.actions.request import (
    autosave,
    give_consents,
    hold_page,
    save_child,
    save_emergency,
    save_guardian,
    save_provider,
    save_questions,
    save_residence,
    save_start,
    save_story,
    save_tie,
    start_draft,
    submit,
)
from secondopinion.cases.actions.wishing import ask_more, pass_on

__all__ = [
    "answer", "ask", "ask_address", "ask_more", "autosave", "change_provider",
    "choose_condition", "close", "complete", "confirm_address", "confirm_treating", "decline",
    "decline_treating", "drop_request", "end_emergency", "end_guardian", "expire_drafts",
    "foresee", "give_consents", "give_part", "hand_over", "hold_page", "invite_guardian",
    "invite_provider", "join", "keep_guardian_out", "open_in_emergency", "pass_on", "prove",
    "reopen", "review_emergency", "save_child", "save_emergency", "save_guardian",
    "save_provider", "save_questions", "save_residence", "save_start", "save_story", "save_tie",
    "separate", "set_pace", "settle_item", "shut_provider_out", "start_draft", "submit", "take",
    "withdraw",
]  # fmt: skip
