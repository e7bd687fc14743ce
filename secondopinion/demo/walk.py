"""Walks one family's case of the demonstration as far as it goes, by the real actions."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.utils.translation import override

from secondopinion.accounts import actions as accounts
from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.billing import actions as billing
from secondopinion.cases import actions, workflow
from secondopinion.cases.measuring import Measured
from secondopinion.cases.models import ItemState
from secondopinion.conversations.actions import post
from secondopinion.core import clock, jobs
from secondopinion.demo import after, beside, guardians
from secondopinion.demo.images import mr_head
from secondopinion.demo.people import Family
from secondopinion.demo.reports import BY_SPECIALTY, EPILEPSY
from secondopinion.desk import actions as desk
from secondopinion.desk.actions.declining import letter_for
from secondopinion.experts import actions as experts
from secondopinion.findings import actions as findings
from secondopinion.findings.queries import doubts
from secondopinion.followup import actions as followup
from secondopinion.imaging import queries as imaging
from secondopinion.opinions import actions as opinions
from secondopinion.opinions import key_images
from secondopinion.program import letters
from secondopinion.program import queries as program
from secondopinion.program.models import Specialty
from secondopinion.records import actions as records_actions
from secondopinion.records import queries as records
from secondopinion.records.models import Record

FILES = Path(__file__).resolve().parent / "files"
EXCERPT = 48  # slices from the middle
WITH_WHOLE_SERIES = "more_needed"  # one case has all of them; it is made last

# How the desk knows that a letter is this child's, where a check doubts it.
LETTER_READ = (
    "Read by eye: the name and the date of birth on it are this child's; the machine had misread "
    "letters."
)

# How far a case goes, in order; a state that is not here ends its case on the way.
WAY = (
    "draft", "submitted", "collecting", "ready", "offered", "in_review", "reported", "follow_up",
    "closed",
)  # fmt: skip
_STOP_AT = {
    "waiting_on_family": "collecting",
    "declined": "collecting",
    "withdrawn": "submitted",
    "more_needed": "in_review",
    "expired": "draft",
    "long_closed": "closed",
}


class Walk:
    """Walks one family's case as far as it goes."""

    def __init__(self, family: Family, staff: dict[str, Person]) -> None:
        self.family, self.staff = family, staff
        self.disclaimer = program.disclaimer(family.language)
        self.written = BY_SPECIALTY.get(family.specialty, EPILEPSY)
        self.coordinator, self.specialist, self.other = (
            staff[f"{name}@harbour.example"]
            for name in ("grace.okafor", self.written.by, "daniel.weiss")
        )
        self.referral_coordinator = staff["ruth.adler@harbour.example"]
        self.translators = (
            staff["elena.marin@harbour.example"], staff["david.chen@harbour.example"],
        )  # fmt: skip
        self.parent = accounts.ensure_person(
            email=family.email,
            full_name=family.parent,
            latin_name=family.parent_latin,
            language=family.language,
            timezone=family.timezone,
            country=family.country,
        )

        stop = _STOP_AT.get(family.until, family.until)
        self.way = WAY[: WAY.index(stop) + 1]

    @property
    def goes_on(self) -> bool:
        """Whether an expert reads what was sent, so that all of it must be understood by then."""
        return "ready" in self.way

    @property
    def pays(self) -> bool:
        """Whether the fee is paid; else it is waived, or open while no specialist is asked."""
        return self.family.until == "closed"

    def run(self) -> None:
        with override(self.family.language):
            for state in self.way:
                getattr(self, f"_{state}")()
            ending = getattr(self, f"_end_{self.family.until}", None)
            if ending:
                ending()

    def _send(self, path: Path) -> None:
        with path.open("rb") as file:
            arrivals.receive_file(by=self.parent, case=self.case, name=path.name, source=file)

    def _draft(self) -> None:
        told, by = self.family, self.parent
        case = self.case = actions.start_draft(by=by, language=told.language)
        actions.save_start(
            by=by, case=case, country=told.country,
            specialty=Specialty.objects.get(key=told.specialty),
        )  # fmt: skip
        actions.save_emergency(by=by, case=case, emergency=False)
        actions.save_child(
            by=by, case=case, full_name=told.child, latin_name=told.child_latin,
            birth_date=date.fromisoformat(told.born), sex=told.sex,
            weight_kg=Decimal(told.measured[0]), height_cm=Decimal(told.measured[1]),
            measured_on=clock.today() - timedelta(days=9), gestation_weeks=told.weeks,
            measured_before=[
                Measured(date.fromisoformat(on), Decimal(weight), Decimal(height))
                for on, weight, height in told.before
            ],
        )  # fmt: skip
        if told.until in {"draft", "expired"}:
            return
        actions.save_guardian(
            by=by, case=case, full_name=told.parent, latin_name=told.parent_latin,
            phone="+52 33 5550 0100" if told.country == "MX" else "", kind="parent",
        )  # fmt: skip
        actions.save_provider(
            by=by, case=case, full_name=told.provider, clinic=told.clinic,
            email=f"clinic.{told.email}", phone="", language=told.language,
        )  # fmt: skip
        actions.save_story(
            by=by, case=case, diagnosis=told.diagnosis, history=told.history,
            medicines=told.medicines,
        )  # fmt: skip
        actions.save_story(
            by=by, case=case, page="story-2", allergies="", operations=told.operations
        )
        actions.save_questions(by=by, case=case, texts=list(told.questions))
        if told.letter:
            self._send(FILES / "documents" / told.letter)
        for name, _day in told.sheets:
            self._send(FILES / "documents" / name)
        if told.until == "closed":
            self._send(FILES / "documents" / "typewritten-page.png")
            self._send(FILES / "documents" / "scanned-book-page.pdf")
        if told.images:
            count = None if told.until == WITH_WHOLE_SERIES else EXCERPT
            pack = mr_head(count, self._in_their_heads())
            arrivals.receive_file(by=self.parent, case=self.case, name="head-mr.zip", source=pack)
        actions.give_consents(
            by=by, case=case, kinds=guardians.consents(told),
            disclaimer=self.disclaimer,
        )  # fmt: skip
        if told.letter:
            jobs.run_all(least=None if self.goes_on else 0)
        record = records.for_case(case).first()
        if record:
            language = {"AE": "ar", "IN": "hi", "UA": "uk", "ET": "am"}.get(told.country, "es")
            self._describe_record(record, language)
        for name, day in told.sheets:
            sheet = records.for_case(case).get(title=name)
            records_actions.describe(
                by=by, record=sheet, kind="laboratory", language=told.language,
                dated=date.fromisoformat(day),
            )  # fmt: skip

    def _in_their_heads(self) -> dict[str, str]:
        """Return what the images say of whom they are and of when they were made."""
        told, made = self.family, f"{clock.today() - timedelta(days=40):%Y%m%d}"
        return {
            "PatientName": told.child_latin or told.child, "PatientAge": "",
            "PatientBirthDate": told.born.replace("-", ""), "PatientSex": told.sex,
            "StudyDate": made, "SeriesDate": made, "AcquisitionDate": made, "ContentDate": made,
        }  # fmt: skip

    def _describe_record(self, record: Record, language: str) -> None:
        from_home = {"cancer-and-blood": "laboratory"}
        records_actions.describe(
            by=self.parent,
            record=record,
            kind=from_home.get(self.family.specialty, "discharge_letter"),
            language=language,
            dated=clock.today() - timedelta(days=40),
        )

    def _submitted(self) -> None:
        actions.submit(by=self.parent, case=self.case)

    def _collecting(self) -> None:
        actions.take(by=self.coordinator, case=self.case)
        provider = self.case.local_provider
        provider.refresh_from_db()
        if provider.person:
            actions.confirm_treating(by=provider.person, case=self.case)
        post(case=self.case, thread="family", by=self.parent, text=self.family.questions[0])
        guardians.ask_other_parent(self.family, self.case, self.parent)

    def _ready(self) -> None:
        for item in self.case.checklist.exclude(state=ItemState.ARRIVED):
            if item.required:
                actions.settle_item(by=self.coordinator, item=item, state=ItemState.ARRIVED)
            else:
                actions.settle_item(
                    by=self.coordinator, item=item, state=ItemState.WAIVED,
                    note="None was made.",
                )  # fmt: skip
        for finding in doubts(self.case):
            findings.clear(finding=finding, by=self.coordinator, reason=LETTER_READ)
        actions.complete(by=self.coordinator, case=self.case)
        fee = billing.charge(case=self.case, by=self.coordinator)
        if self.pays:
            billing.note_payment(
                fee=fee, by=self.coordinator, amount=fee.amount, due=fee.amount,
                on=clock.today() - timedelta(days=1),
            )  # fmt: skip
        elif self.family.until != "ready":
            billing.waive(fee=fee, by=self.coordinator, note="Charity fund")

    def _offered(self) -> None:
        if self.family.until != "offered":
            offer = experts.offer(by=self.coordinator, case=self.case, expert=self.other.expert)
            experts.decline(by=self.other, offer=offer, reason="no_time")
        self.offer = experts.offer(
            by=self.coordinator, case=self.case, expert=self.specialist.expert
        )
        beside.translate_words(self.case, self.coordinator, *self.translators)

    def _in_review(self) -> None:
        experts.accept(by=self.specialist, offer=self.offer)
        self.opinion = opinions.start_report(by=self.specialist, case=self.case)
        beside.accept_values(self.case, self.specialist)

    def _reported(self) -> None:
        answers = {
            f"answer_{number}": answer for number, answer in enumerate(self.written.answers, 1)
        }
        opinion = opinions.save_draft(
            by=self.specialist, opinion=self.opinion, values={**self.written.body, **answers},
            base_revision=None,
        )  # fmt: skip
        series = imaging.series_for_case(self.case).first()
        if series:
            rows = list(series.instances.all())
            key_images.add(
                by=self.specialist, opinion=opinion, instance=rows[len(rows) // 2], frame=1,
                caption=self.written.caption, place=(len(rows) // 2 + 1, len(rows)),
            )  # fmt: skip
        if self.family.until == "closed":
            beside.countersign(opinion, self.coordinator, self.other)
        opinions.sign(by=self.specialist, opinion=opinion, reauthenticated_at=clock.now())

    def _follow_up(self) -> None:
        opinions.deliver(by=self.coordinator, case=self.case)
        if self.family.until == "closed":
            beside.translate(self.case, self.coordinator, *self.translators)
        question = followup.ask(by=self.parent, case=self.case, text=self.written.question)
        followup.pass_to_expert(by=self.coordinator, question=question)
        if self.family.until == "closed":
            followup.answer(
                by=self.specialist, question=question, text=self.written.reply,
                reauthenticated_at=clock.now(),
            )  # fmt: skip
        else:
            after.open_more(
                case=self.case, specialist=self.specialist, coordinator=self.coordinator,
                referral_coordinator=self.referral_coordinator,
            )  # fmt: skip

    def _closed(self) -> None:
        after.close_the_loop(
            case=self.case, parent=self.parent, coordinator=self.coordinator,
            referral_coordinator=self.referral_coordinator,
        )  # fmt: skip
        actions.close(by=self.coordinator, case=self.case)

    def _end_waiting_on_family(self) -> None:
        item = self.case.checklist.get(key="brain-images")
        template = next(
            each for each in letters.message_templates() if each.key == "missing-images"
        )
        text = program.in_language(template.bodies, self.family.language)
        label = program.in_language(item.labels, self.family.language)
        actions.ask(
            by=self.coordinator, case=self.case, item=item, text=text.replace("{item}", label)
        )

    def _end_more_needed(self) -> None:
        wish = actions.ask_more(
            by=self.specialist, case=self.case,
            text="Video of a seizure, with its length, if it can be had safely.",
        )  # fmt: skip
        actions.pass_on(
            by=self.coordinator, wish=wish, to="family",
            text="Please film the next seizure, if you can do so safely, and tell us how long it "
            "lasts.",
        )  # fmt: skip

    def _end_declined(self) -> None:
        letter = letter_for(self.case, "cannot-help", "", self.case.language)
        desk.decline(
            by=self.coordinator, case=self.case, kind="cannot-help",
            reason="This question needs an examination in person.",
            letter=letter.text, instead=letter.instead,
        )  # fmt: skip

    def _end_withdrawn(self) -> None:
        actions.withdraw(by=self.parent, case=self.case, reason="We found help at home.")

    def _end_expired(self) -> None:
        workflow.advance(self.case, "expire", by=None)
