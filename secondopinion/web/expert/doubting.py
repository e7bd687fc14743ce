"""Doubts about a report as its pages show them, and the questions with their answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from secondopinion.cases.models import Case, Question
from secondopinion.opinions.body import LEFT_OUT, WORDING, label_of
from secondopinion.opinions.checking.found import Doubt
from secondopinion.opinions.doubts import doubts_in, doubts_of, texts_of
from secondopinion.opinions.models import Opinion
from secondopinion.web.access import PersonRequest

KEY_IMAGES = "key-images"
AROUND = 50  # characters on either side of what is quoted


@dataclass(frozen=True, slots=True)
class Told:
    """A doubt on the page of signing: where it leads, and why it was kept ("" where it was not)."""

    key: str
    label: str
    anchor: str
    before: str
    quoted: str
    after: str
    sentence: str | Promise
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the family, with what answers it or why it is not answered."""

    number: int
    question: str
    answer: str
    declined: str

    @property
    def field(self) -> str:
        """The field of the answer."""
        return f"answer_{self.number}"

    @property
    def declined_field(self) -> str:
        """The field of the reason."""
        return f"declined_{self.number}"


def _anchor(field: str) -> str:
    if field.startswith("caption_"):
        return KEY_IMAGES
    return f"{WORDING}{field.removeprefix(LEFT_OUT)}" if field.startswith(LEFT_OUT) else field


def by_field(doubts: list[Doubt]) -> dict[str, list[Doubt]]:
    """Return doubts by the place on the page of the review where they belong."""
    found: dict[str, list[Doubt]] = defaultdict(list)
    for each in doubts:
        found[_anchor(each.field)].append(each)
    return dict(found)


def told(opinion: Opinion) -> list[Told]:
    """Return what is doubtful in a draft, with the reasons for which it was kept."""
    texts = texts_of(opinion)
    return [
        _told(each, label_of(each.field, opinion.body), texts[each.field], opinion.kept)
        for each in doubts_of(opinion)
    ]


def told_in(request: PersonRequest, case: Case, label: str) -> list[Told]:
    """Return what is doubtful in an addendum as a form brought it, with the reasons typed."""
    text, reasons = request.POST.get("text", "").strip(), reasons_in(request)
    return [_told(each, label, text, reasons) for each in doubts_in(case, request.user, text)]


def reasons_in(request: PersonRequest) -> dict[str, str]:
    """Return why doubted words stay, as a form brought it, by the key of each doubt."""
    return {
        name.removeprefix("keep_"): str(value).strip()
        for name, value in request.POST.items()
        if name.startswith("keep_")
    }


def _told(doubt: Doubt, label: str, text: str, reasons: Mapping[str, str]) -> Told:
    return Told(
        doubt.key, label, _anchor(doubt.field), _around(text[: doubt.start][::-1])[::-1],
        doubt.quoted, _around(text[doubt.end :]), doubt.sentence, reasons.get(doubt.key, ""),
    )  # fmt: skip


def _around(text: str) -> str:
    """Return the words of a line until there are enough of them to know where one is."""
    line = text.split("\n", 1)[0]
    return line if len(line) <= AROUND else line[:AROUND].rpartition(" ")[0] + " …"


def answers_in(asked: Sequence[Question], body: dict[str, str]) -> list[Answer]:
    """Return the questions of a case as the report answers them so far."""
    return [
        Answer(each.number, each.text, body.get(f"answer_{each.number}", ""),
               body.get(f"declined_{each.number}", ""))
        for each in asked
    ]  # fmt: skip
