"""Whose page may send an upload: this site's, also where a proxy leaves out its port."""

import pytest
from django.conf import settings

from secondopinion.web import tus

HERE = "https://opinion.example:8443"
CALLS = [
    # origin, host as it arrives, Sec-Fetch-Site; is it refused?
    (HERE, "opinion.example:8443", "same-origin", False),
    (HERE, "opinion.example", "same-origin", False),
    (None, "opinion.example", None, False),
    ("https://other.example", "opinion.example", None, True),
    ("https://opinion.example:9000", "opinion.example", None, True),
    ("null", "opinion.example", None, True),
    (HERE, "opinion.example:8443", "cross-site", True),
    (HERE, "opinion.example:8443", "same-site", True),
]


@pytest.mark.parametrize(("origin", "host", "site", "refused"), CALLS)
def test_only_pages_of_this_site_send(
    origin: str | None, host: str, site: str | None, refused: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(settings, "SITE_URL", HERE)
    monkeypatch.setattr(settings, "CSRF_TRUSTED_ORIGINS", [HERE])
    headers = {"host": host}
    if origin is not None:
        headers["origin"] = origin
    if site is not None:
        headers["sec-fetch-site"] = site
    try:
        tus._same_site(headers)
    except tus.Answer:
        assert refused
    else:
        assert not refused
