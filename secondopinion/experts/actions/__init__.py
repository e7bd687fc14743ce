"""The verbs of the directory and of offers."""

from secondopinion.experts.actions.directory import (
    add_away,
    add_code,
    add_tie,
    describe,
    remove_away,
    remove_code,
    remove_tie,
)
from secondopinion.experts.actions.offers import (
    accept,
    close_barred,
    decline,
    hand_back,
    lapse_offers,
    offer,
    pass_on,
    remind_of_offers,
    take_back,
)

__all__ = [
    "accept", "add_away", "add_code", "add_tie", "close_barred", "decline", "describe",
    "hand_back", "lapse_offers", "offer", "pass_on", "remind_of_offers", "remove_away",
    "remove_code", "remove_tie", "take_back",
]  # fmt: skip
