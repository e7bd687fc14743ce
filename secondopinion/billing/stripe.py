"""Stripe Checkout, by plain HTTP: a hosted page for an order, and events that Stripe has signed.

After the public reference of Stripe's API: /v1/checkout/sessions, /v1/refunds, and "Verify webhook
signatures manually".
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import requests
from django.conf import settings

from secondopinion.billing.providers import (
    BadSignature,
    Begun,
    Declined,
    Event,
    Order,
    Return,
    Unavailable,
)
from secondopinion.core import clock

VERSION = "2024-06-20"  # of the API, so that answers stay as they are read here
TOLERANCE = 300  # seconds that a signature holds
_TIMEOUT = (5.0, 20.0)  # seconds
# Amounts are in the smallest unit: for these there is no other, for those it is a thousandth.
_WHOLE = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
})  # fmt: skip
_THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_NOT_TAKEN = frozenset({"UGX"})  # in which unit is told in two ways
_LOCALES = frozenset({"en", "es"})  # of ours that the page speaks; in the others it chooses

_KINDS = {
    "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.async_payment_failed": "failed",
    "checkout.session.expired": "expired",
    "charge.refunded": "refunded",
}
_REFUND_KINDS = frozenset({"charge.refund.updated", "refund.failed", "refund.updated"})
_NOT_BACK = frozenset({"failed", "canceled"})
_WILL_NOT = frozenset({400, 402, 404})  # answers that stay as they are


class Stripe:
    """The hosted page of Stripe."""

    name = "stripe"

    def takes(self, currency: str) -> bool:
        """Say whether it can be paid in this currency here."""
        return currency not in _NOT_TAKEN

    def begin(self, order: Order) -> Begun:
        """Return the page on which an order can be paid; the same order gives the same page."""
        key = {"metadata[payment]": order.key, "client_reference_id": order.key}
        form = {
            "mode": "payment",
            **key,
            # A charge has the metadata of its intent: a refund is known by it.
            "payment_intent_data[metadata][payment]": order.key,
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": order.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(units(order.amount, order.currency)),
            "line_items[0][price_data][product_data][name]": order.words,
            "success_url": order.back,
            "cancel_url": order.back,
            "locale": order.language if order.language in _LOCALES else "auto",
        }
        answer = self._post("/v1/checkout/sessions", form, order.key)
        found, url = str(answer.get("id", "")), str(answer.get("url", ""))
        if not found or not url.startswith(("https://", "http://127.0.0.1")):
            raise Unavailable("no page was given")
        return Begun(found, url)

    def close(self, external_id: str) -> None:
        """Expire the page; Stripe refuses where it has expired or was paid."""
        self._ask("POST", f"/v1/checkout/sessions/{external_id}/expire", {})

    def give_back(self, order: Return) -> None:
        """Give back what was paid; what this order has given back already is not given twice.

        Stripe forgets an idempotency key after a day, so its list is read first. Until then it
        answers a key as it did before: after one that did not go through, there is another.
        """
        page = self._ask("GET", f"/v1/checkout/sessions/{order.external_id}", {})
        intent = page.get("payment_intent")
        if not isinstance(intent, str) or not intent:
            raise Declined("nothing was paid there")
        listed = self._ask("GET", "/v1/refunds", {"payment_intent": intent, "limit": "100"})
        before = [
            row
            for row in listed.get("data", [])
            if (row.get("metadata") or {}).get("refund") == order.key
        ]
        if any(row.get("status") not in _NOT_BACK for row in before):
            return
        made = self._post(
            "/v1/refunds",
            {
                "payment_intent": intent, "amount": str(units(order.amount, order.currency)),
                "metadata[refund]": order.key, "metadata[payment]": order.payment,
            },
            f"{order.key}-{len(before)}" if before else order.key,
        )  # fmt: skip
        if made.get("status") in _NOT_BACK:
            raise Declined("it did not go through")

    def _post(self, path: str, form: dict[str, str], key: str) -> dict[str, Any]:
        return self._ask("POST", path, form, {"Idempotency-Key": key})

    def _ask(
        self, method: str, path: str, said: dict[str, str], more: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}", "Stripe-Version": VERSION,
            **(more or {}),
        }  # fmt: skip
        try:
            with requests.Session() as session:
                session.trust_env = False  # neither proxies nor passwords of the machine
                answer = session.request(
                    method, settings.STRIPE_API_URL + path, headers=headers, timeout=_TIMEOUT,
                    allow_redirects=False, data=said if method == "POST" else None,
                    params=said if method == "GET" else None,
                )  # fmt: skip
            body = answer.json() if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, ValueError) as error:
            raise Unavailable(type(error).__name__) from None
        if not isinstance(body, dict):
            kind = Declined if answer.status_code in _WILL_NOT else Unavailable
            raise kind(f"status {answer.status_code}")
        return body

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """Return what a call of Stripe says."""
        _check(body, headers.get("Stripe-Signature", ""))
        try:
            said = json.loads(body)
            return _told(said)
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
            raise BadSignature("not an event") from None


def units(amount: Decimal, currency: str) -> int:
    """Return an amount in the smallest unit in which Stripe counts a currency."""
    return int((amount * _factor(currency)).to_integral_value())


def _factor(currency: str) -> int:
    if currency in _WHOLE:
        return 1
    return 1000 if currency in _THOUSANDTHS else 100


def _check(body: bytes, signature: str) -> None:
    """Refuse what Stripe has not signed lately: HMAC-SHA256 of the time, a point and the body."""
    parts = [part.strip().partition("=") for part in signature.split(",")]
    at = next((value for name, _is, value in parts if name == "t"), "")
    if not settings.STRIPE_WEBHOOK_SECRET or not at.isdecimal():
        raise BadSignature("no signature")
    secret = settings.STRIPE_WEBHOOK_SECRET.encode()
    wanted = hmac.new(secret, at.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = [value for name, _is, value in parts if name == "v1"]
    if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in given):
        raise BadSignature("another signature")
    if abs(clock.now().timestamp() - int(at)) > TOLERANCE:
        raise BadSignature("too old")


def _told(said: dict[str, Any]) -> Event:
    row = said["data"]["object"]
    kind = _KINDS.get(said["type"], "other")
    if said["type"] == "checkout.session.completed":
        # A slow way of paying is completed before it is paid.
        kind = "paid" if row["payment_status"] == "paid" else "other"
    elif said["type"] in _REFUND_KINDS:
        kind = "not-refunded" if row.get("status") in _NOT_BACK else "other"
    about = row.get("metadata") or {}
    amount = row.get("amount_refunded" if kind == "refunded" else "amount_total") or 0
    currency = str(row.get("currency") or "").upper()
    return Event(
        event_id=str(said["id"]), kind=kind, key=str(about.get("payment", "")),
        refund=str(about.get("refund", "")), amount=Decimal(int(amount)) / _factor(currency),
        currency=currency,
    )  # fmt: skip
