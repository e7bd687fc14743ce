"""A translation machine outside the hospital, asked by HTTP: off until an operator sets one.

It is asked as LibreTranslate is: a POST of JSON with `q` (lines), `source`, `target`, `format` and
`api_key`; the answer has `translatedText`, as many lines. Whether a family has agreed is not known
here: `drafting` asks for that first.
"""

import json
from typing import Any

import requests
from django.conf import settings

from secondopinion.core.addresses import is_safe

_CONNECT, _READ = 5.0, 120.0  # seconds
_LINES = 50  # of one call
_MOST_BYTES = 4 * 1024**2  # of one answer
_CODES = {400: "languages", 401: "not-let-in", 403: "not-let-in", 429: "busy", 503: "busy"}
_LASTING = frozenset({"not-let-in", "languages", "not-agreed", "insecure", "answer"})


class Trouble(Exception):
    """The machine did not translate; `code` says why (see `words`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def lasting(self) -> bool:
        """Whether trying again cannot help before somebody has changed something."""
        return self.code in _LASTING


def name() -> str:
    """Return what the machine is called; "" where none is set."""
    return str(settings.TRANSLATION_NAME) if settings.TRANSLATION_URL else ""


def translate(text: str, source: str, target: str) -> str:
    """Return a text in another language, line by line.

    Raises:
        Trouble: it did not answer, not in time, or not with as many lines.
    """
    if not is_safe(settings.TRANSLATION_URL):
        raise Trouble("insecure")
    lines = text.split("\n")
    full = [at for at, line in enumerate(lines) if line.strip()]
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor passwords of the machine
        for first in range(0, len(full), _LINES):
            some = full[first : first + _LINES]
            made = _ask(session, [lines[at] for at in some], source, target)
            for at, line in zip(some, made, strict=True):
                lines[at] = line.replace("\n", " ")
    return "\n".join(lines)


def _ask(session: requests.Session, lines: list[str], source: str, target: str) -> list[str]:
    asked = {"q": lines, "source": source, "target": target, "format": "text"}
    if settings.TRANSLATION_KEY:
        asked["api_key"] = settings.TRANSLATION_KEY
    try:
        with session.post(
            settings.TRANSLATION_URL, json=asked, timeout=(_CONNECT, _READ), stream=True,
            allow_redirects=False,
        ) as answer:  # fmt: skip
            if answer.status_code != requests.codes.ok:
                raise Trouble(_CODES.get(answer.status_code, "away"))
            return _lines_of(answer, len(lines))
    except requests.Timeout:
        raise Trouble("slow") from None
    except requests.RequestException:
        raise Trouble("away") from None


def _lines_of(answer: requests.Response, count: int) -> list[str]:
    held = bytearray()
    for piece in answer.iter_content(64 * 1024):
        held += piece
        if len(held) > _MOST_BYTES:
            raise Trouble("answer")
    try:
        said: Any = json.loads(held)
    except ValueError:
        raise Trouble("answer") from None
    made = said.get("translatedText") if isinstance(said, dict) else None
    if isinstance(made, str) and count == 1:
        made = [made]
    if not isinstance(made, list) or len(made) != count:
        raise Trouble("answer")
    if not all(isinstance(line, str) for line in made):
        raise Trouble("answer")
    return made
