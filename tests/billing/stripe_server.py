"""Plays Stripe over real HTTP: makes pages for orders, and signs the events that it sends."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET, KEY = "whsec_test", "sk_test_1"


class Server:
    """One account: what was asked of it, and whether it answers."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, str]] = {}  # by idempotency key
        self.refunds: dict[str, dict[str, Any]] = {}  # by idempotency key
        self.fails = 0
        self.declines = False
        self.closed: set[str] = set()  # pages that were expired by us
        self.done: set[str] = set()  # pages on which somebody has paid
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                self.say(self.rfile.read(length).decode(), self.path)

            def do_GET(self) -> None:
                place = urlsplit(self.path)
                self.say(place.query, place.path)

            def say(self, said: str, path: str) -> None:
                form = {k: v[0] for k, v in parse_qs(said).items()}
                status, answer = outer.answer(path, dict(self.headers), form)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def answer(
        self, path: str, headers: dict[str, str], form: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        """Answer as the API does."""
        if headers.get("Authorization") != f"Bearer {KEY}":
            return 401, {"error": {"type": "invalid_request_error"}}
        if self.fails:
            self.fails -= 1
            return 500, {}
        if path == "/v1/refunds":
            return self.back(headers.get("Idempotency-Key", ""), form)
        if path.startswith("/v1/checkout/sessions"):
            return self.pages(path, headers, form)
        return 404, {}

    def pages(
        self, path: str, headers: dict[str, str], form: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        """Make a page, tell of one, or let one expire that is open."""
        page = path.removeprefix("/v1/checkout/sessions").strip("/")
        if page.endswith("/expire"):
            page = page.removesuffix("/expire")
            if page in self.closed | self.done:
                return 400, {"error": {"type": "invalid_request_error"}}
            self.closed.add(page)
            return 200, {"id": page, "status": "expired"}
        if page:
            return 200, {"id": page, "payment_intent": "pi_1"}
        key = headers["Idempotency-Key"]
        self.orders.setdefault(key, form)
        number = list(self.orders).index(key)
        return 200, {"id": f"cs_{number}", "url": f"{self.url}/pay/cs_{number}"}

    def back(self, key: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """List the refunds of a payment, or make one; a key that is known makes none."""
        if not key:
            return 200, {"data": [row for row in self.refunds.values()
                                  if row["payment_intent"] == form["payment_intent"]]}  # fmt: skip
        if self.declines:
            return 400, {"error": {"type": "invalid_request_error"}}
        about = {"payment": form["metadata[payment]"], "refund": form["metadata[refund]"]}
        row = {"id": f"re_{len(self.refunds)}", "payment_intent": form["payment_intent"],
               "amount": int(form["amount"]), "status": "succeeded", "metadata": about}  # fmt: skip
        return 200, self.refunds.setdefault(key, row)

    def event(self, number: int, kind: str, key: str, **row: Any) -> bytes:
        """Return the body of an event about an order."""
        order = self.orders[key]
        charge = kind.startswith("charge")
        meta = "payment_intent_data[metadata][payment]" if charge else "metadata[payment]"
        told = {
            "currency": order["line_items[0][price_data][currency]"],
            "metadata": {"payment": order[meta]},
            "amount_total": int(order["line_items[0][price_data][unit_amount]"]),
            "payment_status": "paid", **row,
        }  # fmt: skip
        return json.dumps({"id": f"evt_{number}", "type": kind, "data": {"object": told}}).encode()

    def close(self) -> None:
        """Stop it."""
        self.http.shutdown()
        self.http.server_close()


def signature(body: bytes, at: float, secret: str = SECRET) -> str:
    """Return the header with which Stripe signs a body."""
    text = f"{int(at)}".encode() + b"." + body
    return f"t={int(at)},v1={hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()},v0=x"
