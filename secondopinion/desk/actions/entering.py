"""A request that a coordinator enters for a family on the telephone or at the desk.

Until the family takes it over by a one-time link, the coordinator has the part of who enters it;
the family has none yet, so that a wrong address shows nothing to anybody.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts import actions as accounts
from secondopinion.accounts import rules as people
from secondopinion.accounts.models import GuardianKind, Person
from secondopinion.accounts.queries import link_for, staff_roles
from secondopinion.audit import actions as audit
from secondopinion.cases import actions as cases
from secondopinion.cases import rules
from secondopinion.cases.actions.parts import end_parts, require
from secondopinion.cases.actions.starting import new_case
from secondopinion.cases.actions.telling import stands_in, tell_coordinator
from secondopinion.cases.models import Case, Consent, Part
from secondopinion.cases.queries import roles_of
from secondopinion.cases.states import ENDED, State
from secondopinion.core import clock
from secondopinion.core.errors import Conflict, NotYours, Refused
from secondopinion.desk.actions.ways_in import PURPOSE, text_code
from secondopinion.desk.models import CaseEntry, SpokenConsent, Way
from secondopinion.desk.queries import entries_left
from secondopinion.desk.rules import require_team
from secondopinion.messaging.actions import can_text, notify
from secondopinion.program.models import Disclaimer, Specialty

MOST_TRIES = 5  # dates of birth before a link ends
_EARLIEST = timedelta(days=30)  # before which nobody has heard a consent that is entered now


@transaction.atomic
def begin_entry(
    *, by: Person, full_name: str, email: str, phone: str, language: str, kind: str, way: str,
    country: str, specialty: Specialty,
) -> CaseEntry:  # fmt: skip
    """Begin a request for a family: who asks, where the child lives, what it is about.

    Whoever has an account at this address keeps their own name and number. Without an address
    they come in by a code on paper or a text (`ways_in`).

    Raises:
        NotYours: by somebody who is not of the intake team.
        Refused: the address is not one, or it is of somebody who works here; there is neither an
            address nor a phone number.
    """
    require_team(by)
    if way not in Way.values or kind not in GuardianKind.values:
        raise Refused(_("Choose one of these to go on."), code="choice", field="way")
    if email.strip():
        family = accounts.ensure_person(
            email=email, full_name=full_name, language=language, phone=people.clean_phone(phone)
        )
    else:
        family = accounts.make_without_mail(
            full_name=full_name, phone=phone, language=language
        )  # fmt: skip
    if staff_roles(family):
        raise Refused(
            _("This is the address of somebody who works here. Write the family’s own."),
            code="staff", field="email",
        )  # fmt: skip
    case = new_case(language=language)
    cases.give_part(case=case, person=by, role=Part.ENTRY, by=by)
    entry = CaseEntry.objects.create(case=case, by=by, family=family, way=way)
    audit.record("entry-begun", by=by, case_id=case.pk, target=case, detail={"way": way})
    cases.save_start(by=by, case=case, country=country, specialty=specialty)
    case.refresh_from_db()
    cases.save_tie(by=by, case=case, person=family, kind=kind)
    for page in ("start", "you"):
        note_page(by=by, case=case, page=page)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def take_up_entry(*, by: Person, case: Case) -> CaseEntry:
    """Go on with a request that a colleague entered who has left.

    Raises:
        NotYours: by somebody who is not of the intake team.
        Conflict: somebody goes on with it, or its family has taken it over.
    """
    require_team(by)
    Case.objects.select_for_update().get(pk=case.pk)
    entry = entries_left().filter(case=case).first()
    if entry is None:
        raise Conflict(_("Somebody goes on with this request already."), code="taken-up")
    end_parts(case=case, role=Part.ENTRY, by=by)
    cases.give_part(case=case, person=by, role=Part.ENTRY, by=by)
    audit.record("entry-taken-up", by=by, case_id=case.pk, target=case)
    return entry


@transaction.atomic
def note_page(*, by: Person, case: Case, page: str) -> None:
    """Mark a page of the request as entered by the team, until somebody changes it."""
    require(case, by, Part.ENTRY)
    entry = CaseEntry.objects.select_for_update().get(case=case)
    case.request.refresh_from_db()
    entry.pages = {**entry.pages, page: case.request.changed.get(page, 0)}
    entry.save(update_fields=["pages"])


@transaction.atomic
def keep_consent(
    *, by: Person, case: Case, kinds: list[str], language: str, said_at: datetime,
    interpreter: str, disclaimer: Disclaimer,
) -> SpokenConsent:  # fmt: skip
    """Keep that the guardian agreed by word of mouth, to words that were read aloud to them.

    Raises:
        NotYours: by somebody who does not enter this request.
        Refused: not everything that is needed was agreed to; the time lies in the future or is
            too long ago; the words are not in the language in which they were read aloud and
            nobody interpreted.
    """
    require(case, by, Part.ENTRY)
    entry = CaseEntry.objects.get(case=case)
    if not set(kinds) >= set(rules.NEEDED_CONSENTS) or not set(kinds) <= set(Consent.Kind.values):
        raise Refused(
            _("Without these three consents the request cannot be sent. What you entered is kept."),
            code="consents", field="kinds",
        )  # fmt: skip
    if not clock.now() - _EARLIEST <= said_at <= clock.now():
        raise Refused(
            _("Write when they said it: a time in the last 30 days."), code="said-at",
            field="said_at",
        )  # fmt: skip
    if language != disclaimer.language and not interpreter.strip():
        raise Refused(
            _("There is no disclaimer in this language. Write who interpreted it."),
            code="interpreter", field="interpreter",
        )  # fmt: skip
    cases.give_consents(
        by=by, case=case, kinds=kinds, disclaimer=disclaimer, person=entry.family
    )  # fmt: skip
    note_page(by=by, case=case, page="consent")
    made = SpokenConsent.objects.create(
        entry=entry, guardian=entry.family, read_by=by, way=entry.way, said_at=said_at,
        language=language, interpreter=interpreter.strip(), version=disclaimer.version,
        kinds=sorted(kinds),
    )  # fmt: skip
    audit.record(
        "consent-spoken", by=by, case_id=case.pk, target=made,
        detail={"language": language, "version": disclaimer.version, "way": entry.way},
    )  # fmt: skip
    return made


@transaction.atomic
def submit_entry(*, by: Person, case: Case) -> Case:
    """Send the request for the family, who gets a link to take it over: by mail, else by text.
    Where neither reaches them, a code is printed for them.

    Raises:
        NotYours: by somebody who does not enter it.
        Refused: something is missing.
    """
    require(case, by, Part.ENTRY)
    cases.submit(by=by, case=case)
    family = CaseEntry.objects.select_related("family").get(case=case).family
    if family.email:
        write_link(by=by, case=case)
    elif can_text(family):
        text_code(by=by, case=case)
    return case


@transaction.atomic
def write_link(*, by: Person, case: Case) -> None:
    """Write to the family with a fresh one-time link; former ones end.

    Raises:
        NotYours: by somebody who does not enter it.
        Refused: the case has ended, nobody has entered when the child was born, or the family has
            no address.
    """
    require(case, by, Part.ENTRY)
    entry = CaseEntry.objects.select_for_update().get(case=case)
    if not entry.family.email:
        raise Refused(
            _("This family has no e-mail address. They come in with a code: see their way in."),
            code="no-address",
        )
    if case.state in ENDED:
        raise Refused(_("This case has ended."), code="ended")
    if case.child.birth_date is None:
        raise Refused(
            _("Enter the child’s date of birth first: the family is asked for it."),
            code="birth-date",
        )
    entry.tries = 0
    _mail_link(by, case, entry)


def _mail_link(by: Person | None, case: Case, entry: CaseEntry, *, beside: bool = False) -> None:
    token = accounts.make_link(person=entry.family, case_id=case.pk, purpose=PURPOSE, beside=beside)
    notify(
        to=entry.family, template="entered-for-you", case_id=case.pk,
        case_reference=case.reference, link=f"/take-over/{token}/",
    )  # fmt: skip
    entry.written_at = clock.now()
    entry.save(update_fields=["written_at", "tries"])
    audit.record("entry-link-sent", by=by, case_id=case.pk, target=entry.family)


def can_be_told(case: Case) -> bool:
    """Say whether the family can be written to, or wrote the request themselves."""
    entry = CaseEntry.objects.select_related("family").filter(case=case).first()
    return entry is None or bool(entry.family.email) or can_text(entry.family)


@stands_in
def tell_who_waits(case: Case, template: str) -> None:
    """Tell a family that has not taken its request over: their page has something new.

    They get a link once more; one that they have already goes on working. Without an address they
    get a text, or the desk is told to call them.
    """
    entries = CaseEntry.objects.select_for_update(of=("self",)).select_related("family")
    entry = entries.filter(case=case, taken_over_at=None).first()
    if entry is None:
        return
    if entry.family.email:
        _mail_link(None, case, entry, beside=True)
    else:
        notify(to=entry.family, template=template, case_id=case.pk, case_reference=case.reference)


def entry_behind(token: str) -> CaseEntry | None:
    """Return what a link opens while it waits to be taken over; for a family without an address
    also afterwards, as long as they have a part in the case.
    """
    link = link_for(token, PURPOSE)
    if link is None or link.used_at is not None:
        return None
    entries = CaseEntry.objects.select_related("case__child", "family", "by")
    entry = entries.filter(case=link.case_id, family=link.person).first()
    if entry is None or entry.taken_over_at is None:
        return entry
    back = not entry.family.email and Part.FAMILY in roles_of(entry.case, entry.family)
    return entry if back else None


def take_over(*, by: Person, token: str, birth_date: date | None) -> Case:
    """Take a request over as its family, who knows when the child was born.

    Wrong days are counted, and kept although this is refused; with the last one the link ends.

    Raises:
        NotYours: the link is somebody else's.
        Refused: the link is used up or out of date, or the day is not the child's.
    """
    entry = entry_behind(token)
    if entry is None:
        raise Refused(
            _("This link has been used or is out of date. Ask our team for a new one."),
            code="link-used",
        )
    if entry.family_id != by.pk:
        raise NotYours
    if entry.case.child.birth_date != birth_date:
        _count_wrong(entry)
        raise Refused(
            _("This is not the day that we were told. Check it, or call us."), code="birth-date",
            field="birth_date",
        )  # fmt: skip
    return _taken(by, entry, token)


@transaction.atomic
def _count_wrong(entry: CaseEntry) -> None:
    CaseEntry.objects.filter(pk=entry.pk).update(tries=F("tries") + 1)
    entry.refresh_from_db(fields=["tries"])
    if entry.tries >= MOST_TRIES:
        accounts.end_links(person=entry.family, case_id=entry.case_id)
    audit.record("take-over-refused", by=entry.family, case_id=entry.case_id, target=entry.case)


@transaction.atomic
def _taken(by: Person, entry: CaseEntry, token: str) -> Case:
    accounts.use_link(token=token, purpose=PURPOSE)
    case = Case.objects.select_for_update().get(pk=entry.case_id)
    if entry.taken_over_at is not None:
        audit.record("entry-code-used", by=by, case_id=case.pk, target=case)
        return case
    cases.give_part(case=case, person=by, role=Part.FAMILY, by=by)
    end_parts(case=case, role=Part.ENTRY, by=by)
    CaseEntry.objects.filter(pk=entry.pk).update(taken_over_at=clock.now())
    audit.record("entry-taken-over", by=by, case_id=case.pk, target=case)
    if case.state != State.DRAFT:
        tell_coordinator(case)
    return case
