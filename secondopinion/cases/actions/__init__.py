"""The verbs of a case: the family's request, the desk's intake, the local provider, the end."""

from secondopinion.cases.actions.ending import close, decline, expire_drafts, withdraw
from secondopinion.cases.actions.intake import (
    answer,
    ask,
    ask_more,
    complete,
    drop_request,
    hand_over,
    reopen,
    settle_item,
    take,
)
from secondopinion.cases.actions.parts import give_part
from secondopinion.cases.actions.provider import confirm_treating, invite_provider
from secondopinion.cases.actions.request import (
    autosave,
    give_consents,
    save_child,
    save_emergency,
    save_guardian,
    save_provider,
    save_questions,
    save_start,
    save_story,
    start_draft,
    submit,
)

__all__ = [
    "answer", "ask", "ask_more", "autosave", "close", "complete", "confirm_treating", "decline",
    "drop_request", "expire_drafts", "give_consents", "give_part", "hand_over", "invite_provider",
    "reopen", "save_child", "save_emergency", "save_guardian", "save_provider", "save_questions",
    "save_start", "save_story", "settle_item", "start_draft", "submit", "take", "withdraw",
]  # fmt: skip
