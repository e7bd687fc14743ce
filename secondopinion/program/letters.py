"""Words that the program has ready: the desk's message templates, and letters that decline."""

from typing import cast

from django.core.cache import caches

from secondopinion.core.languages import in_language
from secondopinion.program.models import DeclineLetter, MessageTemplate
from secondopinion.program.queries import KEPT, shipped


def message_templates() -> list[MessageTemplate]:
    """Return the desk's templates in their order."""

    def read() -> list[MessageTemplate]:
        return list(MessageTemplate.objects.all())

    kept = caches["memory"].get_or_set("program-templates", read, KEPT)
    return cast("list[MessageTemplate]", kept)


def template_of(key: str) -> MessageTemplate:
    """Return the desk's template of a key; the shipped one where the program has none."""
    found = next((row for row in message_templates() if row.key == key), None)
    if found is not None:
        return found
    row = next(each for each in shipped("templates") if each["key"] == key)
    return MessageTemplate(key=key, titles=row["titles"], bodies=row["bodies"])


def decline_letter(kind: str, language: str) -> tuple[str, str]:
    """Return the letter of a kind in a language and what a family can do instead, both with the
    places that are to be filled in; the shipped ones where the program has none of its own."""
    row = DeclineLetter.objects.filter(kind=kind).values("bodies", "alternatives").first()
    found = row or next(each for each in shipped("letters") if each["kind"] == kind)
    return in_language(found["bodies"], language), in_language(found["alternatives"], language)
