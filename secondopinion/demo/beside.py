"""What stands beside a report in the demonstration: values of a laboratory, a second reader, the
translated report; all of it by the real actions."""

from django.utils.translation import gettext, override

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.demo.reports import EPILEPSY_IN_SPANISH, FROM_HOME
from secondopinion.opinions import second, seconding, translating
from secondopinion.opinions.models import Opinion, SignedReport
from secondopinion.records import queries as records
from secondopinion.records import valuing
from secondopinion.translation import actions as translations
from secondopinion.translation import asking

LEFT = 2  # values that wait for whoever looks at the demonstration


def accept_values(case: Case, by: Person) -> None:
    """Accept the values that were read on the pages of a case, but for the last ones."""
    rows = list(records.with_pages(records.for_case(case)))
    for each in valuing.offered(case, rows, [])[:-LEFT]:
        if each.seen.other is None:
            valuing.accept_read(
                by=by, case=case, page=each.page.pk, start=each.seen.start, taken_on=each.day
            )


def countersign(opinion: Opinion, coordinator: Person, reader: Person) -> None:
    """Have a second reader read a draft, judge it unseen where the program wants that, and sign."""
    reading = seconding.send(by=opinion.author, opinion=opinion)
    seconding.choose(by=coordinator, reading=reading, reader=reader)
    reading.refresh_from_db()
    if second.is_hidden(reading):
        given = {name: opinion.body.get(name, "") for name in seconding.JUDGED}
        seconding.judge(by=reader, reading=reading, given=given | {"words": ""})
        reading.refresh_from_db()
    seconding.countersign(
        by=reader, reading=reading, reauthenticated_at=clock.now(),
        comments="Agreed. The evening dose is the point that matters.",
    )  # fmt: skip


def translate_words(case: Case, coordinator: Person, translator: Person, reviewer: Person) -> None:
    """Have what a family wrote translated, where its English stands here; else it waits."""
    for row in asking.look(case.pk):
        words = {key: FROM_HOME.get(original, "") for key, original, _text in row.texts}
        if not all(words.values()):
            continue
        translations.give(by=coordinator, translation=row, translator=translator, reviewer=reviewer)
        translations.save(by=translator, translation=row, base_revision=None, passages=words)
        made = translations.finish(by=translator, translation=row)
        translations.sign_off(by=reviewer, translation=made)


def translate(case: Case, coordinator: Person, translator: Person, reviewer: Person) -> None:
    """Have the report of a case translated into Spanish, checked by another person, and signed."""
    report = case.signed_reports.get(kind=SignedReport.Kind.OPINION)
    row = translating.ask(
        by=coordinator, report=report, language="es", translator=translator, reviewer=reviewer
    )
    with override("es"):  # sentences of the house are translated already
        lines = [
            EPILEPSY_IN_SPANISH.get(line) or gettext(line)
            for line in translating.lines_of(report.body)
        ]
    row = translations.save(
        by=translator, translation=row, base_revision=None, text="\n".join(lines)
    )
    row = translations.finish(by=translator, translation=row)
    row = translations.sign_off(by=reviewer, translation=row)
    translating.sign(by=coordinator, translation=row, reauthenticated_at=clock.now())
