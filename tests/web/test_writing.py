"""What families and local providers write: danger comes first, and nothing written is lost."""

import pytest
from django.conf import settings

from secondopinion.conversations.actions import LONGEST
from secondopinion.conversations.models import Post
from secondopinion.program.models import Program
from tests.web.conftest import Whole, sign_in, whole_case

DANGER = "Le sangra la nariz desde hace una hora y no para"


@pytest.fixture
def whole(hospital: Program) -> Whole:
    """A case in its follow-up."""
    return whole_case()


@pytest.mark.parametrize("of", ["family", "provider"])
def test_a_message_that_sounds_like_danger_first_shows_whom_to_call(whole: Whole, of: str) -> None:
    reference = whole.case.reference
    here, box = {
        "family": (f"/my/cases/{reference}/", f"/my/cases/{reference}/message/"),
        "provider": (f"/provider/cases/{reference}/", f"/provider/cases/{reference}/message/"),
    }[of]
    browser = sign_in(getattr(whole, of))
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert browser.get(here).content.decode().count("This is not for emergencies") == 2
    shown = browser.post(box, {"text": DANGER}).content.decode()
    assert "child in danger now? Call" in shown
    assert 'href="tel:' in shown
    assert f"{DANGER}</textarea>" in shown
    assert 'name="files"' in shown
    assert not Post.objects.filter(text=DANGER).exists()
    assert browser.post(box, {"text": DANGER, "seen": "1"}).status_code == 302
    assert Post.objects.filter(text=DANGER).exists()


def test_a_message_that_is_too_long_comes_back_in_its_box(whole: Whole) -> None:
    browser, here = sign_in(whole.family), f"/my/cases/{whole.case.reference}/"
    assert "One message holds up to 10,000 characters." in browser.get(here).content.decode()
    text = "What we saw. " * 800
    assert len(text) > LONGEST
    answer = browser.post(f"{here}message/", {"text": text})
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert f"{text}</textarea>" in shown
    assert 'aria-invalid="true"' in shown
    assert "This message is too long" in shown
    shorter = browser.post(f"{here}message/", {"text": "What we saw."}, follow=True)
    assert "Your message is sent." in shorter.content.decode()
