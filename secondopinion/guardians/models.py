"""Documents of guardians, orders of courts, what a second parent says, a patient of age."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core import clock
from secondopinion.core.models import Blob, Stored


class GuardianDocument(Stored):
    """A document that shows who decides for a child: in the vault, seen by the desk alone."""

    class Kind(models.TextChoices):
        BIRTH = "birth", _("Birth certificate")
        COURT = "court", _("Court order")
        POWER = "power", _("Power of attorney")
        DEATH = "death", _("Death certificate of a parent")
        OTHER = "other", _("Another document")

    class State(models.TextChoices):
        WAITING = "waiting", _("To be looked at")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Not enough")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="guardian_documents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")  # whom it shows
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=200)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    note = models.TextField(blank=True)  # why it is not enough; the sender reads it
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                name="guardian_document_looked_at_when_and_by_whom",
                condition=models.Q(
                    looked_at__isnull=True, looked_by__isnull=True, state="waiting"
                )
                | (models.Q(looked_at__isnull=False, looked_by__isnull=False)
                   & ~models.Q(state="waiting")),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class CourtOrder(Stored):
    """What a court has said of a person and a child; in force until its last day or until ended."""

    class Effect(models.TextChoices):
        KEPT_OUT = "kept_out", _("May see nothing, and cannot be let in")
        SEES_ONLY = "sees_only", _("May see everything, and decides nothing")
        DECIDES_ALONE = "decides_alone", _("Decides alone: nobody else has to agree")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="court_orders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    effect = models.CharField(max_length=15, choices=Effect.choices)
    basis = models.CharField(max_length=300)  # court, number, day
    until = models.DateField(null=True, blank=True)
    document = models.ForeignKey(
        GuardianDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                name="court_order_once", fields=["case", "person"],
                condition=models.Q(ended_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.effect} {self.person_id}"


class ParentConsent(Stored):
    """The other parent, asked by a one-time link whether they agree; or why nobody is asked."""

    class Answer(models.TextChoices):
        AGREED = "agreed", _("Agrees")
        REFUSED = "refused", _("Does not agree")
        WAIVED = "waived", _("Need not be asked")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parent_consents")
    full_name = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.CharField(max_length=20, blank=True)  # of the disclaimer that was shown
    language = models.CharField(max_length=10, blank=True)
    reason = models.TextField(blank=True)  # why nobody is asked, or what who refuses writes
    ended_at = models.DateTimeField(null=True, blank=True)  # somebody else was asked instead

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                name="parent_consent_once", fields=["case"],
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="parent_consent_answered_how_and_when",
                condition=models.Q(answer="", answered_at__isnull=True)
                | (models.Q(answered_at__isnull=False) & ~models.Q(answer="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.answer or 'asked'} for {self.case_id}"


class Assent(Stored):
    """What a child of an age to be asked has said, or why it cannot be asked."""

    class Answer(models.TextChoices):
        AGREES = "agrees", _("Agrees")
        DISAGREES = "disagrees", _("Does not agree")
        CANNOT = "cannot", _("Cannot be asked")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="assent")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    reason = models.TextField(blank=True)
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.answer} for {self.case_id}"


class ComingOfAge(Stored):
    """The day from which a patient decides alone: when the family was told, who takes over."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="coming_of_age")
    on = models.DateField()
    told_at = models.DateTimeField(null=True, blank=True)
    patient = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)  # from here on the patient decides

    def __str__(self) -> str:
        return f"{self.case_id} on {self.on}"


class Renewal(Stored):
    """A patient's word that a parent goes on seeing the case after they have come of age."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="renewals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="renewal_once", fields=["case", "person"],
                condition=models.Q(ended_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_id} in {self.case_id}"
