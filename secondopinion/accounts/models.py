"""People, their staff roles, children, and the guardianship graph."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from secondopinion.core import clock
from secondopinion.core.ids import new_id
from secondopinion.core.models import Stored


class People(BaseUserManager["Person"]):
    """Finds people by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who takes part: a parent, a clinician, a member of staff.

    A local provider is a person without a way to sign in: only a one-time link opens a page.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, null=True, blank=True)
    contact_email = models.EmailField(max_length=254, blank=True)
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    latin_name = models.CharField(_("name in Latin letters"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    timezone = models.CharField(_("time zone"), max_length=60, default="UTC")
    country = CountryField(_("country"), blank=True)
    may_sign_in = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    # The account of the same person with which this one was made one; this one is closed.
    goes_on_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # Kept for one request by `queries.person_with_roles`; None: to be looked up.
    roles_for_reading: set[str] | None = None

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="person_email_once", condition=models.Q(email__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or str(self.id)

    @property
    def reached_at(self) -> str:
        """The address to write to: the account's, or the one that a guest was invited at."""
        return self.email or self.contact_email


class Role(models.TextChoices):
    """What a member of staff may do at all; a case needs a part in it besides."""

    COORDINATOR = "coordinator", _("Intake coordinator")
    SPECIALIST = "specialist", _("Specialist")
    REFERRAL_COORDINATOR = "referral_coordinator", _("Referral coordinator")
    DIRECTOR = "director", _("Program director")
    PRIVACY = "privacy", _("Privacy officer")
    ADMINISTRATOR = "administrator", _("Administrator")
    TRANSLATOR = "translator", _("Translator of records")
    TRANSLATION_REVIEWER = "translation_reviewer", _("Reviewer of translations")
    EMERGENCY = "emergency", _("May open a case in an emergency")


class StaffRole(Stored):
    """A role held by a person from an instant until another.

    What single sign-on gives by a group lasts as long as somebody of the house gave a role too.
    """

    class Source(models.TextChoices):
        HOUSE = "house", _("Given by an administrator")
        SIGN_ON = "sign_on", _("By a group of single sign-on")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=30, choices=Role.choices)
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.HOUSE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="staff_role_once",
                fields=["person", "role"],
                condition=models.Q(until__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class Sex(models.TextChoices):
    """Administrative sex, as FHIR and DICOM spell it."""

    FEMALE = "F", _("Girl")
    MALE = "M", _("Boy")
    OTHER = "O", _("Other, or not sure")


class Child(Stored):
    """The patient."""

    full_name = models.CharField(max_length=200, blank=True)
    latin_name = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True, blank=True, db_index=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    country = CountryField(blank=True)

    def __str__(self) -> str:
        return str(self.id)


class GuardianKind(models.TextChoices):
    """On what ground a person decides for a child."""

    PARENT = "parent", _("Mother or father")
    COURT = "court", _("Guardian named by a court")
    AGENCY = "agency", _("Somebody from an agency that looks after the child")
    SELF = "self", _("The patient, who is of age")


class Guardianship(Stored):
    """One edge of the graph: this person decides for, or may know about, this child."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="guardianships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardianships")
    kind = models.CharField(max_length=10, choices=GuardianKind.choices)
    may_consent = models.BooleanField(default=True)
    may_see = models.BooleanField(default=True)
    until = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="guardianship_once",
                fields=["child", "person"],
                condition=models.Q(revoked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.child_id}"


FOR_GUESTS = "local-provider"  # what a link is for, unless something else is said


class AccessLink(Stored):
    """A one-time way in for somebody without an account; only the token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_links")
    purpose = models.CharField(max_length=30)
    case_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} for {self.person_id}"

    @property
    def stands(self) -> str:
        """How the link stands: ``used``, ``ended`` (taken back or out of date) or ``open``."""
        if self.used_at is not None:
            return "used"
        return "open" if self.expires_at > clock.now() else "ended"


class NewAddress(Stored):
    """An e-mail address that somebody is to have, until a code that was sent there proves it.

    Only the code's hash is kept. What was confirmed stays, with who asked and how.
    """

    class Way(models.TextChoices):
        """How a family asked the team for it; empty where they do it by themselves."""

        TELEPHONE = "telephone", _("By telephone")
        IN_PERSON = "in-person", _("In person")
        LETTER = "letter", _("By letter")
        MESSAGE = "message", _("By a message in their case")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="new_addresses")
    email = models.EmailField(max_length=254)
    former = models.EmailField(max_length=254, blank=True)
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)  # codes that were wrong
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices, blank=True)
    note = models.TextField(blank=True)  # what else the desk should know of how it was asked
    case_id = models.UUIDField(null=True)  # of the desk that was asked
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "new addresses"

    def __str__(self) -> str:
        return f"for {self.person_id}"
