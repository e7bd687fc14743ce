"""Asking for what is missing: the item, the template and its words as they will be sent."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from secondopinion.accounts.models import Person, Role
from secondopinion.accounts.queries import has_role
from secondopinion.cases.actions.provider import CONFIRMED
from secondopinion.cases.models import Case, ChecklistItem, ItemState, Part
from secondopinion.cases.queries import open_requests
from secondopinion.conversations.queries import posts
from secondopinion.core.errors import Conflict, Refused
from secondopinion.core.languages import language_of
from secondopinion.imaging.models import Study
from secondopinion.program import letters
from secondopinion.program import queries as program
from secondopinion.program.models import MessageTemplate
from secondopinion.records.models import Record
from secondopinion.web.access import PersonRequest
from secondopinion.web.desk.about import About, about_in

ITEM = "{item}"


def _language_of(case: Case, to: str) -> str:
    if to == Part.LOCAL_PROVIDER:
        return str(case.local_provider.language)
    return str(case.language)


# Which template asks for a thing of the checklist, by its kind; records have the first.
_KEYS = {"images": "missing-images", "fact": "missing-fact"}
_RECORD = "missing-record"


def words_for(
    case: Case, text: str, item: ChecklistItem | None, to: str, about: About | None = None
) -> str:
    """Return a text with the item's name in the language of who reads it, else with that of the
    document that is asked `about`.

    Raises:
        Refused: the text names something that is missing, and nothing was chosen.
    """
    if ITEM not in text:
        return text
    if item is None and about is not None:
        return text.replace(ITEM, about.called(_language_of(case, to)))
    if item is None:
        raise Refused(
            _("Choose what is missing, or write it in the place of {item}."),
            code="item-missing", field="text",
        )  # fmt: skip
    return text.replace(ITEM, program.in_language(item.labels, _language_of(case, to)))


def ask_context(
    request: PersonRequest, case: Case, items: list[tuple[ChecklistItem, list[Record | Study]]]
) -> dict[str, Any]:
    """Return what the form shows: what was chosen, else the first thing that is missing, for which
    nothing has arrived and that nobody was asked for yet, in the words for such a thing.

    `items` stand with the records and studies that may be what they wait for. Where a document is
    asked about, nothing else is: its name and the words for that stand there.

    Whether a local provider confirms is asked by their link, not here.
    """
    there = {ItemState.ARRIVED, ItemState.WAIVED}
    waiting = [
        (row, fits) for row, fits in items if row.state not in there and row.key != CONFIRMED
    ]
    missing = [row for row, _fits in waiting]
    given = request.POST or request.GET
    about = about_in(given, case)
    wanted = given.get("item", "" if about else None)
    first = sorted(waiting, key=lambda each: (each[0].state != ItemState.OPEN, bool(each[1])))
    item = next((row for row, _fits in first if wanted in {None, str(row.pk)}), None)
    to = given.get("to", "")
    to = to if to in {Part.FAMILY, Part.LOCAL_PROVIDER} else Part.FAMILY
    templates = list(letters.message_templates())
    if about and about.template.key not in {row.key for row in templates}:
        templates.append(about.template)
    place = given.get("template", "")
    known = place.isdecimal() and int(place) < len(templates)
    chosen = int(place) if known else _template_for(item, templates, about)
    language = _language_of(case, to)
    body = program.in_language(templates[chosen].bodies, language) if templates else ""
    complete = item is not None or about is not None or ITEM not in body
    words = words_for(case, body, item, to, about) if complete else ""
    return {
        "missing": missing,
        "item": item,
        "about": about,
        "about_called": about.called(get_language() or "en") if about else "",
        "to": to,
        "templates": [program.in_language(row.titles) for row in templates],
        "template": chosen,
        "unlike": bool(templates) and _is_unlike(templates[chosen], item),
        "language": language,
        "text": put_in(request, words),
        "words": words,
        "meaning": _meaning(templates[chosen], item, language, about) if templates else "",
        "lacks": _lacks(templates[chosen], language) if templates else "",
    }


def put_in(request: PersonRequest, words: str) -> str:
    """Return what somebody has typed with the words of a template (`words`) in the place of those
    that were put in before, else beneath it: nothing that was typed is lost, before or behind."""
    typed, before = (
        request.POST.get(name, "").replace("\r\n", "\n").strip() for name in ("text", "put")
    )
    if before and before in typed and words:
        return typed.replace(before, words, 1)
    parts = (typed.replace(before, "", 1).rstrip() if before else typed, words)
    return "\n\n".join(part for part in parts if part)


def _lacks(template: MessageTemplate, language: str) -> str:
    """Return in which language a template's words are where it has none in the wanted one."""
    found = language_of(template.bodies, language)
    return "" if found in {language, language.split("-", maxsplit=1)[0]} else found


def _is_unlike(template: MessageTemplate, item: ChecklistItem | None) -> bool:
    """Say whether a template asks for another kind of thing than the one that is missing."""
    if item is None or template.key not in {_RECORD, *_KEYS.values()}:
        return False
    return template.key != _KEYS.get(item.kind, _RECORD)


def _template_for(
    item: ChecklistItem | None, templates: list[MessageTemplate], about: About | None
) -> int:
    """Return the place of the words that ask for a thing of this kind, or about a document; the
    first, if none do."""
    key = _KEYS.get(item.kind, "") if item is not None else about.template.key if about else ""
    return next((place for place, row in enumerate(templates) if row.key == key), 0)


def _meaning(
    template: MessageTemplate,
    item: ChecklistItem | None,
    language: str,
    about: About | None = None,
) -> str:
    """Return what a template says in the language of who sends it, unless it is sent so."""
    body = program.in_language(template.bodies)
    if body == program.in_language(template.bodies, language):
        return ""
    if item is not None:
        return body.replace(ITEM, program.in_language(item.labels))
    return body.replace(ITEM, about.called(get_language() or "en")) if about else body


def check_item(case: Case, item: ChecklistItem | None, former: str, text: str, to: str) -> None:
    """Hold when a text that was written for one thing does not ask for another one by mistake.

    Raises:
        Refused: what is missing was chosen anew, and the text still names the `former` thing.
    """
    was = case.checklist.filter(pk=former).first() if former else None
    if was is None or was == item:
        return
    named = program.in_language(was.labels, _language_of(case, to))
    if named in text:
        raise Refused(
            _("These words ask for “%(item)s”. Press “Put it in” for those of what you chose, or "
              "change them yourself.") % {"item": program.in_language(was.labels)},
            code="other-item", field="text",
        )  # fmt: skip


def check_last(case: Case, by: Person, thread: str, last: str | None) -> None:
    """Hold when no colleague has written to somebody outside since the page was shown, whose `last`
    message that was; None where no page says it.

    Raises:
        Conflict: with who it was: their message may say the same.
    """
    if last is None or thread not in {Part.FAMILY, Part.LOCAL_PROVIDER}:
        return
    rows = posts(case, by)
    until = rows.filter(pk=last).values_list("created_at", flat=True).first() if last else None
    later = rows.filter(thread=thread).exclude(author=by)
    for each in later.filter(created_at__gt=until) if until else later:
        if has_role(each.author, Role.COORDINATOR):
            raise Conflict(
                _("%(name)s has written to them meanwhile. Read it before you send this.")
                % {"name": each.author.full_name},
                code="written-meanwhile",
            )


THREADS = ("family", "local_provider", "staff")


def message_context(request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the form of a message shows: a template in the language of who reads it, and
    what it says in one's own. Templates that name a thing of the checklist belong to asking."""
    given = request.POST or request.GET
    to = given.get("thread") or given.get("to", "")
    to = to if to in THREADS else THREADS[0]
    about = about_in(given, case)
    usable = [row for row in letters.message_templates() if ITEM not in row.bodies.get("en", "")]
    if about:
        usable.append(about.template)
    place = given.get("template", str(len(usable) - 1) if about else "")
    chosen = usable[int(place)] if place.isdecimal() and int(place) < len(usable) else None
    mine = get_language() or "en"
    language = mine if to == "staff" or not has_reader(case, to) else _language_of(case, to)
    words = program.in_language(chosen.bodies, language) if chosen else ""
    if about:
        words = words.replace(ITEM, about.called(language))
    return {
        "to": to,
        "about": about,
        "templates": [program.in_language(row.titles) for row in usable],
        "template": place if chosen else "",
        "language": language,
        "text": put_in(request, words),
        "words": words,
        "meaning": _meaning(chosen, None, language, about) if chosen else "",
        "lacks": _lacks(chosen, language) if chosen else "",
        "still_asked": chosen is not None and open_requests(case).filter(to=to).exists(),
    }


def has_reader(case: Case, to: str) -> bool:
    """Say whether the case has somebody who reads a thread."""
    return to != Part.LOCAL_PROVIDER or hasattr(case, "local_provider")
