"""The fee of a case: what is due, what was waived, paid and given back, and its papers."""

from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from secondopinion.accounts.models import Person
from secondopinion.cases.models import Case
from secondopinion.core.models import Blob, Stored
from secondopinion.program.models import Price


class NumberSeries(models.Model):
    """The last number that a series has given in a year."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT = "credit", _("Credit note")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [models.UniqueConstraint(name="number_series_once", fields=["kind", "year"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class FeeState(models.TextChoices):
    """Where a fee stands."""

    DUE = "due", _("To be paid")
    PAID = "paid", _("Paid")
    WAIVED = "waived", _("Waived")
    REFUNDED = "refunded", _("Given back")


class Fee(Stored):
    """The one fee of a case. No card number is here or anywhere in this house."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="fee")
    kind = models.CharField(max_length=10, choices=Price.Kind.choices, default=Price.Kind.OPINION)
    number = models.CharField(max_length=20, unique=True, null=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    waits = models.BooleanField(default=False)  # no expert is asked before it is settled
    invoiced_at = models.DateTimeField(null=True, blank=True)  # where not when it was made
    state = models.CharField(max_length=10, choices=FeeState.choices, default=FeeState.DUE)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)
    kept = models.TextField(blank=True)  # why what was paid is kept though the case has ended
    # How much of what was paid beyond what is owed is kept, and why; what comes later is not.
    kept_beyond = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    kept_beyond_why = models.TextField(blank=True)
    # As the program's settings were when the invoice was issued: "rate" in percent, "number" of the
    # issuer, "exempt": the sentence by language why there is none.
    tax = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} ({self.state})"

    @property
    def tax_rate(self) -> Decimal:
        """The tax that the amount holds, in percent."""
        return Decimal(self.tax.get("rate", "0"))

    @property
    def invoice_day(self) -> datetime:
        """When its invoice was issued: the first one with the fee."""
        return self.invoiced_at or self.created_at

    @property
    def received(self) -> list["Payment"]:
        """What was paid, by the day on which it came; reads `payments` as they were prefetched."""
        paid = [each for each in self.payments.all() if each.state == Payment.State.PAID]
        return sorted(paid, key=lambda each: (each.received_on or date.min, each.created_at))

    @property
    def still_due(self) -> Decimal:
        """What of a fee that is due has not come yet; reads `payments` as they were prefetched."""
        if self.state != FeeState.DUE:
            return Decimal(0)
        return self.amount - sum((each.amount for each in self.received), Decimal(0))

    @property
    def let_off(self) -> Decimal:
        """What of it need not be paid, as its credit notes say; reads `credits` as prefetched."""
        notes = [each for each in self.credits.all() if not (each.refund_id or each.former_id)]
        return sum((each.amount for each in notes), Decimal(0))

    @property
    def stands(self) -> str:
        """Where it stands, in words; reads `credits` as they were prefetched."""
        if self.state == FeeState.PAID and self.let_off:
            return str(_("Paid in part, the rest waived"))
        return str(FeeState(self.state).label)

    @property
    def is_owed_back(self) -> bool:
        """Whether something is to be given back and has not gone out; reads `refunds`."""
        return any(each.state != Refund.State.DONE for each in self.refunds.all())

    @property
    def refunded(self) -> Decimal:
        """How much of it was given back; reads `refunds` as they were prefetched."""
        return sum((each.amount for each in self.refunds.all()), Decimal(0))


class FormerInvoice(Stored):
    """An invoice that a waiver had taken back, when the waiver was taken back: another one stands
    for the fee since."""

    fee = models.ForeignKey(Fee, on_delete=models.PROTECT, related_name="former_invoices")
    number = models.CharField(max_length=20, unique=True)
    issued_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()  # the family reads it

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.number


class Payment(Stored):
    """One way in which a fee is paid: by hand, or on the page of a provider."""

    class State(models.TextChoices):
        OPEN = "open", _("Begun")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Not used")
        STRUCK = "struck", _("Noted by mistake")

    fee = models.ForeignKey(Fee, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=1000, blank=True)  # of the provider's page
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    begun_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    paid_at = models.DateTimeField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)  # as the bank says, or when we were told
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                name="payment_once_at_provider", fields=["provider", "external_id"],
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="payment_paid_when",
                condition=Q(state="paid", paid_at__isnull=False)
                | (~Q(state="paid") & Q(paid_at__isnull=True)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} by {self.provider} ({self.state})"


class Refund(Stored):
    """What is given back, and why; nobody is named where the provider told us."""

    class State(models.TextChoices):
        DONE = "done", _("Given back")
        OWED = "owed", _("To be transferred")
        ASKED = "asked", _("On its way")  # the provider is asked, or will be by a job
        FAILED = "failed", _("The provider did not give it back")

    fee = models.ForeignKey(Fee, on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    done_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)  # of asking the provider

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(name="refund_state", fields=["state", "created_at"])]
        constraints = [
            models.CheckConstraint(name="refund_of_something", condition=Q(amount__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.fee_id} ({self.state})"


class CreditNote(Stored):
    """What takes back an invoice, whole or in part: money given back, or a fee that was waived."""

    fee = models.ForeignKey(Fee, on_delete=models.PROTECT, related_name="credits")
    number = models.CharField(max_length=20, unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    net = models.DecimalField(max_digits=10, decimal_places=2)
    # The invoice that it takes back, where that is not the one that stands now.
    former = models.ForeignKey(
        FormerInvoice, on_delete=models.PROTECT, null=True, blank=True, related_name="credits"
    )
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="credit"
    )

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(name="credit_of_something", condition=Q(amount__gt=0))
        ]

    def __str__(self) -> str:
        return self.number


class ProviderEvent(Stored):
    """An event of a provider that was taken in: the same one is taken in once."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="provider_event_once", fields=["provider", "event_id"])
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class FeePaper(Stored):
    """An invoice, a receipt or a credit note as it was first given out: it is never made anew."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        RECEIPT = "receipt", _("Receipt")
        CREDIT = "credit", _("Credit note")

    fee = models.ForeignKey(Fee, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    credit = models.OneToOneField(
        CreditNote, on_delete=models.PROTECT, null=True, blank=True, related_name="paper"
    )
    former = models.OneToOneField(
        FormerInvoice, on_delete=models.PROTECT, null=True, blank=True, related_name="paper"
    )
    language = models.CharField(max_length=10)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                name="fee_paper_once", fields=["fee", "kind"],
                condition=Q(credit__isnull=True, former__isnull=True),
            ),
            models.CheckConstraint(
                name="credit_paper_is_of_a_credit_note",
                condition=Q(kind="credit", credit__isnull=False)
                | (~Q(kind="credit") & Q(credit__isnull=True)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} of {self.fee_id}"
