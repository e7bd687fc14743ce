"""Has pages of stored records understood, and writes down what checks say; safe to repeat."""

from collections import Counter, defaultdict
from typing import Any

from django.conf import settings

from secondopinion.cases.models import Case
from secondopinion.core import clock, kinds, sandbox, vault
from secondopinion.findings.actions import replace
from secondopinion.findings.found import Found
from secondopinion.findings.models import Finding
from secondopinion.records import belonging, copies, engines, indexing, inspecting, understanding
from secondopinion.records.checks import complete, examine, legibility, whose
from secondopinion.records.checks import kinds as kinds_of_pages
from secondopinion.records.models import Page, Reading, Record

OF_PAGES = (legibility.NAME, examine.LANGUAGES, examine.DATES, whose.NAME, kinds_of_pages.NAME)
OF_DOCUMENTS = (complete.NAME, whose.PATIENTS)
FAILED = "failed"  # the source of a page that broke its child: the verdict on its picture stays
SURE_TURN = 75  # of 100: how well a page must be read before it is shown as it was read


def understand(record: Record) -> bool:
    """Measure and read one of the pages that this version has not read yet; behind the last, judge
    the record. Return whether pages are left: what has come since is shown between two of them."""
    hints = list(dict.fromkeys(filter(None, (record.language, record.case.language, "en"))))
    whole = vault.read(record.opened or record.blob) if _as_it_came(record) else b""
    waiting = record.pages.filter(aside="", blank=False).exclude(
        reading__version=understanding.VERSION
    )
    for page in waiting.select_related("image__space", "reading")[:1]:
        try:
            answer = _answer(record, page, whole, hints)
        except sandbox.Failed as failed:
            answer = {"text": page.text, "source": FAILED, "reason": failed.reason}
        _keep(page, answer)
    if waiting.exists():
        return True
    copies.look_for_all(record)
    judge(record)
    record.suggested = _suggested(record)
    Record.objects.filter(pk=record.pk).update(suggested=record.suggested)
    # What came now may be the page that another document lacked.
    for other in _with_gaps(record):
        _judge_whole(other, _pages(other))
    return False


def _as_it_came(record: Record) -> bool:
    """Say whether the pages of a record are still those of its own file, to be read from it."""
    return record.part_of_id is None and not record.merged.exists()


def _answer(record: Record, page: Page, whole: bytes, hints: list[str]) -> dict[str, Any]:
    folder = settings.OCR_LANGUAGES_DIR
    if whole and (record.media_type == kinds.PDF or record.media_type.startswith("image/")):
        return inspecting.read_page(whole, record.media_type, page.of_file - 1, hints, folder)
    before: Reading | None = getattr(page, "reading", None)
    typed = before is None or before.answer["source"] == understanding.DIGITAL
    if page.image is None or (page.text.strip() and typed):
        answer: dict[str, Any] = sandbox.run(understanding.of_text, page.text)
        return answer
    return inspecting.read_page(vault.read(page.image), "image/jpeg", 0, hints, folder)


def _keep(page: Page, answer: dict[str, Any]) -> None:
    """Write down what was read of a page, and what follows for it."""
    text = answer.pop("text")
    Reading.objects.update_or_create(
        page=page, defaults={"version": understanding.VERSION, "answer": answer}
    )
    changed: dict[str, Any] = {"text": text}
    if answer.get("picture") is not None:
        verdict = legibility.judge(answer["picture"], answer["read"])
        changed |= {
            "legibility": verdict.level, "reasons": [each.code for each in verdict.reasons]
        }  # fmt: skip
        if answer["turned"] and answer["read"]["sure"] >= SURE_TURN:
            turned = {"turn": 90 * answer["turned"]}
            if answer["turned"] % 2:
                turned |= {"width": page.height, "height": page.width}
            # Somebody may have turned it while it was being read: theirs counts.
            Page.objects.filter(pk=page.pk, turn=0).update(**turned)
    Page.objects.filter(pk=page.pk).update(**changed)
    page.text = text
    indexing.keep([page])


def judge(record: Record) -> None:
    """Write down what the checks say of a record's pages, as far as they are understood; nothing of
    one that was taken out meanwhile."""
    if not Record.objects.filter(pk=record.pk, removed_at=None).exists():
        return
    asked = _asked(record.case)
    found: dict[str, list[Found]] = defaultdict(list)
    rows = _pages(record)
    for row in rows:
        for check, each in examine.page(row, asked, {"page": row.number}):
            found[check].append(each)
    for check in OF_PAGES:
        replace(case=record.case, subject=record, check=check, found=found[check])
    _judge_whole(record, rows)
    belonging.keep(record, rows, asked.child)
    belonging.compare(record.case)


def _judge_whole(record: Record, rows: list[examine.Page]) -> None:
    found: dict[str, list[Found]] = defaultdict(list)
    elsewhere: list[complete.Numbered] = []
    if any(row.numbered for row in rows):
        others = Page.objects.filter(record__case=record.case, record__removed_at=None, aside="")
        texts = others.exclude(record=record).exclude(text="").values_list("text", flat=True)
        elsewhere = [each for each in map(complete.number_of, texts) if each]
    for check, each in examine.document(rows, elsewhere, {}):
        found[check].append(each)
    if _is_copy(record):
        found.pop(complete.NAME, None)  # it is said of the document that this one is like
    for check in OF_DOCUMENTS:
        replace(case=record.case, subject=record, check=check, found=found[check])


def _is_copy(record: Record) -> bool:
    """Say whether all pages of a record look like those of another one, and nobody has settled it:
    see `copies`."""
    told = Finding.objects.filter(
        case=record.case, subject_id=record.pk, code="duplicate", state="open"
    )
    return any("record" in where for where in told.values_list("where", flat=True))


def _with_gaps(record: Record) -> list[Record]:
    name = complete.NAME.partition("@")[0]
    open_ones = Finding.objects.filter(case=record.case, check_name=name, state="open")
    keys = open_ones.exclude(subject_id=record.pk).values("subject_id")
    return list(Record.objects.filter(pk__in=keys).select_related("case__child"))


def _asked(case: Case) -> examine.Asked:
    child = case.child
    names = tuple(name for name in (child.full_name, child.latin_name) if name)
    readable = engines.scripts_read(settings.OCR_LANGUAGES_DIR)
    return examine.Asked(
        clock.today(), whose.Child(names, child.birth_date) if names else None,
        str(child.country or ""), frozenset(readable),
    )  # fmt: skip


def _pages(record: Record) -> list[examine.Page]:
    """Return the pages of a record as the checks take them; those that nobody has read yet only
    with the verdict on their picture."""
    asked = _asked(record.case)
    rows = []
    for page in record.pages.filter(aside="").select_related("reading"):
        reading: Reading | None = getattr(page, "reading", None)
        if reading is not None and reading.answer["source"] != FAILED:
            answer = reading.answer | {"text": page.text}
            rows.append(examine.page_of(page.number, answer, asked))
        elif page.image_id or page.text:  # what cannot be shown at all is said where it is opened
            reasons = tuple(legibility.Reason(code, 1.0) for code in page.reasons)
            score = {"good": 1.0, "hard": 0.4, "unreadable": 0.15}[page.legibility]
            verdict = legibility.Verdict(page.legibility, score, reasons)
            rows.append(examine.Page(page.number, "", verdict=verdict))
    return rows


def _suggested(record: Record) -> dict[str, Any]:
    """Return kind, language and day of a record by its pages, each with its certainty."""
    rows = _pages(record)
    found: dict[str, Any] = {}
    spoken: Counter[str] = Counter()
    for row in rows:
        if row.language:
            spoken[row.language] += len(row.text)
    if spoken:
        [(language, _letters)] = spoken.most_common(1)
        sure = max(row.certainty for row in rows if row.language == language)
        found["language"] = [language, sure]
    # The first page names the document; the others only help where it does not.
    typed = [row.kind for row in rows if row.kind.kind != kinds_of_pages.OTHER]
    if typed:
        best = typed[0] if typed[0] is rows[0].kind else max(typed, key=lambda each: each.weight)
        found["kind"] = [best.kind, best.certainty]
    dated = [row.dated for row in rows if row.dated.day]
    if dated:
        day = max(dated, key=lambda each: each.certainty)
        found["dated"] = [f"{day.day:%Y-%m-%d}", day.certainty]
    return found
