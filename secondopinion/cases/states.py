"""The states of a case, and what each means to the family."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a case stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    COLLECTING = "collecting", _("Collecting records")
    WAITING_ON_FAMILY = "waiting_on_family", _("Waiting on the family")
    READY = "ready", _("Ready for an expert")
    OFFERED = "offered", _("Offered to an expert")
    IN_REVIEW = "in_review", _("In review")
    MORE_NEEDED = "more_needed", _("More is needed")
    REPORTED = "reported", _("Report signed")
    FOLLOW_UP = "follow_up", _("Follow-up")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    JOINED = "joined", _("Joined with another request")


# A joined request has ended too; it alone can be taken up again.
ENDED = frozenset({
    State.CLOSED, State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.JOINED,
})  # fmt: skip
UNDER_WAY = frozenset(State) - ENDED - {State.DRAFT}

# What the desk does next, in a few words for the worklist.
DESK_NEXT = {
    State.SUBMITTED: _("Begin with this case"),
    State.COLLECTING: _("Check the records"),
    State.WAITING_ON_FAMILY: _("Wait for the answer"),
    State.READY: _("Choose a specialist"),
    State.OFFERED: _("Wait for the specialist’s answer"),
    State.IN_REVIEW: _("Wait for the report"),
    State.MORE_NEEDED: _("Wait for the answer"),
    State.REPORTED: _("Deliver the report"),
    State.FOLLOW_UP: _("Pass questions on"),
}

# The four steps that the family is always shown, by state; 0 where the case has ended unheard.
FAMILY_STEP: dict[str, int] = {
    State.DRAFT: 1,
    State.SUBMITTED: 2,
    State.COLLECTING: 2,
    State.WAITING_ON_FAMILY: 2,
    State.READY: 2,
    State.OFFERED: 2,
    State.IN_REVIEW: 3,
    State.MORE_NEEDED: 3,
    State.REPORTED: 3,
    State.FOLLOW_UP: 4,
    State.CLOSED: 4,
    State.DECLINED: 0,
    State.WITHDRAWN: 0,
    State.EXPIRED: 0,
    State.JOINED: 0,
}

FAMILY_STEPS = (
    _("Submit a request"),
    _("Assigning an expert"),
    _("Review of medical information"),
    _("Follow-up questions"),
)

# What a family reads in the list of its requests; their page says the same in more words.
FAMILY_WORDS: dict[str, Promise] = {
    State.DRAFT: _("Not sent yet"),
    State.SUBMITTED: _("We look at your request"),
    State.COLLECTING: _("We check what you sent"),
    State.WAITING_ON_FAMILY: _("We wait for your local provider"),
    State.READY: _("We are finding a specialist"),
    State.OFFERED: _("We are finding a specialist"),
    State.IN_REVIEW: _("A specialist reads everything"),
    State.MORE_NEEDED: _("The specialist needs something more"),
    State.REPORTED: _("The report is signed"),
    State.FOLLOW_UP: _("You can ask about the report"),
    State.CLOSED: _("Closed"),
    State.DECLINED: _("We cannot help with this request"),
    State.WITHDRAWN: _("Withdrawn"),
    State.EXPIRED: _("Ended without being sent"),
    State.JOINED: _("Joined with another request"),
}
NEEDED = _("We need something from you")

# Which clocks run in which state; in a state that is not named, none does.
CLOCKS: dict[str, frozenset[str]] = {
    State.SUBMITTED: frozenset({"acknowledge"}),
    State.COLLECTING: frozenset({"review_records"}),
    State.READY: frozenset({"expert", "report"}),
    State.OFFERED: frozenset({"expert", "report"}),
    State.IN_REVIEW: frozenset({"report"}),
    State.REPORTED: frozenset({"report"}),
}


# Which clocks stand still in which state: they go on when what is waited for is there.
STOPPED: dict[str, frozenset[str]] = {
    State.COLLECTING: frozenset({"expert", "report"}),
    State.WAITING_ON_FAMILY: frozenset({"review_records", "expert", "report"}),
    State.MORE_NEEDED: frozenset({"report"}),
}


class Why(models.TextChoices):
    """Why a case needs the desk."""

    TAKE = "take", _("Begin with this case")
    LOOK = "look", _("Check the records")
    CHOOSE = "choose", _("Choose a specialist")
    DELIVER = "deliver", _("Deliver the report")
    ANSWER = "answer", _("New answer")
    MESSAGE = "message", _("New message")
    UNANSWERED = "unanswered", _("Message not answered")
    QUESTION = "question", _("New question")
    UNOPENED = "unopened", _("Report not opened")
    REFERRAL = "referral", _("A referral stands still")
    UNDELIVERED = "undelivered", _("A mail did not arrive")
    SILENT = "silent", _("No answer for long")
    CHASE = "chase", _("Soon late: ask how it goes")
    TWICE = "twice", _("Perhaps here twice")
    TRANSLATE = "translate", _("Words to be translated")
    WISH = "wish", _("The specialist needs more")
    READER = "reader", _("Choose a second reader")
    ARRIVED = "arrived", _("Files came, without an answer")
    OBJECTION = "objection", _("A parent or the child says no")


# What the desk itself has to do in a state; in the others somebody else is waited for.
STATE_NEEDS: dict[str, Why] = {
    State.SUBMITTED: Why.TAKE,
    State.COLLECTING: Why.LOOK,
    State.READY: Why.CHOOSE,
    State.REPORTED: Why.DELIVER,
}

# Why a case needs the desk that belongs to its state and goes with it; the others are met one by
# one, whatever the state.
OF_STATE = frozenset({*STATE_NEEDS.values(), Why.SILENT, Why.CHASE, Why.ARRIVED})
