"""What a hospital configures: brand, calendar, targets, rules, checklists, templates, prices."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from secondopinion.accounts.models import Person
from secondopinion.core.languages import in_language
from secondopinion.core.models import Blob, Stored
from secondopinion.core.zones import city_of


class Program(Stored):
    """The one program of this installation."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    revision = models.PositiveIntegerField(default=0)
    hospitals = models.JSONField(default=dict)
    names = models.JSONField(default=dict)
    email = models.EmailField()
    phone = models.CharField(max_length=40)
    address = models.CharField(max_length=300, blank=True)
    action_colour = models.CharField(max_length=7, default="#005a70")
    mark_colour = models.CharField(max_length=7, default="#005a70")
    logo = models.ForeignKey(
        Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    languages = models.JSONField(default=list)
    country = CountryField()
    region = models.CharField(max_length=10, blank=True)
    timezone = models.CharField(max_length=60)
    opens = models.TimeField()
    closes = models.TimeField()
    weekdays = models.JSONField(default=list)
    closures = models.JSONField(default=list)
    follow_up_days = models.PositiveSmallIntegerField(default=30)
    follow_up_questions = models.PositiveSmallIntegerField(default=5)
    draft_days = models.PositiveSmallIntegerField(default=90)
    fee_amount = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    fee_currency = models.CharField(max_length=3, default="USD")
    fee_waits = models.BooleanField(default=False)  # no expert is asked before the fee is settled
    bank = models.TextField(blank=True)  # where a fee can be transferred to, as families read it
    tax_number = models.CharField(max_length=60, blank=True)  # of the issuer of invoices
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2, default=0)  # percent, in prices
    tax_exempt = models.JSONField(default=dict)  # by language: why invoices have no tax
    # Which reports need a second reader: a share of all in percent, an author's first so many,
    # tumours, advice to operate, disagreement with the doctors at home, groups of conditions.
    second_share = models.PositiveSmallIntegerField(default=0)
    second_first = models.PositiveSmallIntegerField(default=0)
    second_tumour = models.BooleanField(default=False)
    second_operation = models.BooleanField(default=False)
    second_differs = models.BooleanField(default=False)
    second_conditions = models.JSONField(default=list)
    second_blinded = models.BooleanField(default=False)
    matching = models.JSONField(default=dict)  # what differs from what is shipped

    class Meta:
        constraints = [
            models.CheckConstraint(name="program_only_one", condition=models.Q(only=True))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def hospital(self) -> str:
        """The hospital's name in the reader's language."""
        return in_language(self.hospitals)

    @property
    def name(self) -> str:
        """The program's name in the reader's language."""
        return in_language(self.names)

    @property
    def city(self) -> str:
        """The city after which the program's time zone is named, in the reader's language."""
        return city_of(self.timezone)

    def local(self, at: datetime) -> datetime:
        """Return an instant as the clocks of the hospital show it: its documents bear this day."""
        return at.astimezone(ZoneInfo(self.timezone))


class Change(Stored):
    """A change of one section of the settings: what it was and what it became."""

    revision = models.PositiveIntegerField(unique=True)
    section = models.CharField(max_length=20)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ["-revision"]

    def __str__(self) -> str:
        return f"{self.revision} {self.section}"


class Specialty(Stored):
    """A field of medicine in which the program offers opinions."""

    key = models.SlugField(unique=True)
    names = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]
        verbose_name_plural = "specialties"

    def __str__(self) -> str:
        return str(self.names.get("en", self.key))


class DeliveryMode(models.TextChoices):
    """Who may receive the opinion."""

    NOT_OFFERED = "not_offered", _("not offered")
    THROUGH_PROVIDER = "through_provider", _("through the local provider")
    FAMILY_AND_PROVIDER = "family_and_provider", _("to the family and the local provider")


class Residence(models.TextChoices):
    """How a child is in a country: laws tell those who live there from those who visit."""

    RESIDENT = "resident", _("lives there")
    VISITOR = "visitor", _("is there for a time only")


class DeliveryRule(Stored):
    """A row of the rule table: place × specialty × residence → who may receive it, and why.

    What is empty means any; the most specific row wins, the specialty first, then the country.
    """

    country = CountryField(blank=True)
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, null=True, blank=True)
    residence = models.CharField(max_length=10, choices=Residence.choices, blank=True)
    mode = models.CharField(max_length=20, choices=DeliveryMode.choices)
    legal_basis = models.TextField()
    reasons = models.JSONField(default=dict)  # for families, by language
    checked_on = models.DateField()
    checked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="delivery_rule_once",
                fields=["country", "specialty", "residence"],
                condition=models.Q(specialty__isnull=False),
            ),
            models.UniqueConstraint(
                name="delivery_rule_of_a_country_once",
                fields=["country", "residence"],
                condition=models.Q(specialty__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.specialty or '*'}: {self.mode}"

    @property
    def offered(self) -> bool:
        """Whether the program may help at all."""
        return self.mode != DeliveryMode.NOT_OFFERED


class GuardianRule(Stored):
    """A row of the rule table of guardianship: who decides for a child in a country, and how long.

    An empty country means any other one.
    """

    country = CountryField(blank=True, unique=True)
    both_parents = models.BooleanField(default=False)  # each of them has to agree
    parents_prove = models.BooleanField(default=False)  # by a birth certificate; others always do
    assent_from = models.PositiveSmallIntegerField(default=12)  # years: the child is asked too
    adult_from = models.PositiveSmallIntegerField(default=18)  # years: the patient alone decides
    legal_basis = models.TextField(blank=True)
    checked_on = models.DateField()
    checked_by = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.country or '*'}: {self.adult_from}"


class Price(Stored):
    """What one kind of case costs in a country; where there is none, the price of a case holds."""

    class Kind(models.TextChoices):
        OPINION = "opinion", _("Second opinion")
        PANEL = "panel", _("Second opinion by several experts")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    country = CountryField(blank=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(name="price_once", fields=["kind", "country"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.country or '*'}: {self.amount} {self.currency}"


# What a family is told where the program has written no reason of its own.
WHY = {
    DeliveryMode.NOT_OFFERED: _(
        "The rules of your country, or of our hospital, do not let us advise from afar here."
    ),
    DeliveryMode.THROUGH_PROVIDER: _(
        "Countries have different rules about advice from doctors abroad. Your own doctor has "
        "examined your child and can explain what our advice means."
    ),
    DeliveryMode.FAMILY_AND_PROVIDER: _(
        "You and your doctor decide together, so both of you get the report."
    ),
}


class Condition(Stored):
    """A group of conditions, and the page on which what it calls for rests."""

    key = models.SlugField(unique=True)
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT)
    names = models.JSONField(default=dict)
    source = models.CharField(max_length=300)
    url = models.URLField(max_length=500, blank=True)
    checked_on = models.DateField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.key


class ChecklistTemplate(Stored):
    """A thing that a condition, or a specialty, or (with neither) every case calls for."""

    class Kind(models.TextChoices):
        RECORD = "record", _("record")
        IMAGES = "images", _("images")
        FACT = "fact", _("fact")

    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, null=True, blank=True)
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, null=True, blank=True)
    key = models.SlugField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    months = models.PositiveSmallIntegerField(default=0)  # how old it may be; 0: any age
    required = models.BooleanField(default=True)
    replaces = models.CharField(max_length=200, blank=True)  # keys of the field's list, by spaces
    labels = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.key


class ReportTemplate(Stored):
    """A version of the sections in which reports are written; it is never changed."""

    key = models.SlugField()
    version = models.PositiveSmallIntegerField()
    dated = models.DateField()
    names = models.JSONField()
    sections = models.JSONField()  # in their order, as `reports` cleans them
    specialties = models.ManyToManyField(Specialty, related_name="+")
    conditions = models.ManyToManyField(Condition, related_name="+")
    in_force = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key", "version"]
        constraints = [
            models.UniqueConstraint(name="report_template_once", fields=["key", "version"])
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class Disclaimer(Stored):
    """A version of the disclaimer in one language; what was accepted is never changed."""

    version = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    text = models.TextField()
    in_force_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="disclaimer_once", fields=["version", "language"])
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"


class MessageTemplate(Stored):
    """What the desk asks for often, in the families' languages; the coordinator may edit it."""

    key = models.SlugField(unique=True)
    titles = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.key


class DeclineKind(models.TextChoices):
    """Why a request is declined."""

    NOT_ELIGIBLE = "not-eligible", _("The program may not help here, or is not made for this")
    EMERGENCY = "emergency", _("This cannot wait: the child needs care at home now")
    CANNOT_HELP = "cannot-help", _("A written opinion would not help")


class DeclineLetter(Stored):
    """The letter to a family whose request is declined, and what they can do instead."""

    kind = models.CharField(max_length=20, choices=DeclineKind.choices, unique=True)
    bodies = models.JSONField(default=dict)
    alternatives = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.kind


class GlossaryTerm(Stored):
    """A word or phrase whose translation between two languages is agreed.

    An empty `translation` says that it is not translated. ``*`` stands for any ending.
    """

    source = models.CharField(max_length=3)
    target = models.CharField(max_length=3)
    term = models.CharField(max_length=120)
    translation = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="glossary_once", fields=["source", "target", "term"])
        ]

    def __str__(self) -> str:
        return f"{self.source}-{self.target}: {self.term}"


class Urgency(models.TextChoices):
    """How soon a case, and each offer of it, has to go on."""

    USUAL = "usual", _("As usual")
    SOON = "soon", _("Soon")
    URGENT = "urgent", _("Urgent")


class Target(Stored):
    """How many business days a step may take; the clock shows a breach before it happens.

    A row that names a kind of case, or an urgency, holds for such cases instead of the general one.
    """

    class Step(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("Request acknowledged")
        REVIEW_RECORDS = "review_records", _("Records looked through")
        EXPERT = "expert", _("Expert found")
        REPORT = "report", _("Report delivered")
        SECOND = "second", _("Report read by a second reader")
        OPEN = "open", _("Report opened by the local provider")
        ANSWER = "answer", _("Follow-up question answered")

    step = models.CharField(max_length=20, choices=Step.choices)
    kind = models.CharField(max_length=10, choices=Price.Kind.choices, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, blank=True)
    business_days = models.DecimalField(max_digits=4, decimal_places=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="target_once", fields=["step", "kind", "urgency"])
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.kind or '*'} {self.urgency or '*'}: {self.business_days}"
