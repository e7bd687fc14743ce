"""The verbs of the desk: saved views, steps on many cases, shifts, and what the clock brings."""

from secondopinion.desk.actions.joining import different, join, undo_join
from secondopinion.desk.actions.many import hand_over, put_off, undo
from secondopinion.desk.actions.shifts import end_shift, go_away, go_on_duty
from secondopinion.desk.actions.views import remove_view, save_view
from secondopinion.desk.actions.watching import escalate, find_owners, notice_silence

__all__ = [
    "different", "end_shift", "escalate", "find_owners", "go_away", "go_on_duty", "hand_over",
    "join", "notice_silence", "put_off", "remove_view", "save_view", "undo", "undo_join",
]  # fmt: skip
