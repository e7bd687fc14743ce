"""The verbs of the desk: saved views, steps on many cases, shifts, and what the clock brings."""

from secondopinion.desk.actions.accounts import ask_one, confirm_one, take_back_one, undo_one
from secondopinion.desk.actions.declining import decline
from secondopinion.desk.actions.entering import (
    begin_entry,
    keep_consent,
    note_page,
    submit_entry,
    take_over,
    take_up_entry,
    write_link,
)
from secondopinion.desk.actions.evidence import not_it, settle_with, this_is_it, unlink
from secondopinion.desk.actions.joining import different, join, perhaps_one, undo_join
from secondopinion.desk.actions.many import hand_over, put_off, undo
from secondopinion.desk.actions.shifts import end_shift, go_away, go_on_duty
from secondopinion.desk.actions.views import remove_view, save_view
from secondopinion.desk.actions.watching import (
    escalate,
    find_owners,
    notice_arrivals,
    notice_silence,
)
from secondopinion.desk.actions.ways_in import end_codes, make_code, text_code

__all__ = [
    "ask_one",
    "begin_entry",
    "confirm_one",
    "decline",
    "different",
    "end_codes",
    "end_shift",
    "escalate",
    "find_owners",
    "go_away",
    "go_on_duty",
    "hand_over",
    "join",
    "keep_consent",
    "make_code",
    "not_it",
    "note_page",
    "notice_arrivals",
    "notice_silence",
    "perhaps_one",
    "put_off",
    "remove_view",
    "save_view",
    "settle_with",
    "submit_entry",
    "take_back_one",
    "take_over",
    "take_up_entry",
    "text_code",
    "this_is_it",
    "undo",
    "undo_join",
    "undo_one",
    "unlink",
    "write_link",
]  # fmt: skip
