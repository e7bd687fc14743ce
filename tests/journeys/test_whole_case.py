"""One case from the public page to the director's figures, in a real browser on real files."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.asking import (
    FILES,
    LUCIA,
    MARIA,
    OTHER,
    QUESTIONS,
    SECRETS_OF_HEALTH,
    ask,
    confirm_at_home,
    wait_until_sorted,
)
from tests.journeys.conftest import Product, Visitor

pytestmark = pytest.mark.journey

RUTH, HELEN = "ruth@harbour.example", "helen@harbour.example"
GRACE, MEI, DANIEL = "grace@harbour.example", "mei@harbour.example", "daniel@harbour.example"


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """A folder as it lies on a family's computer: 384 images and three documents."""
    folder = tmp_path / "Camila CD"
    folder.mkdir()
    with zipfile.ZipFile(FILES / "mr-head" / "mr-head-384.zip") as pack:
        for name in pack.namelist():
            if name.endswith(".dcm"):
                (folder / Path(name).name).write_bytes(pack.read(name))
    for name in ("carta-de-alta-es.jpg", "typewritten-page.png", "scanned-book-page.pdf"):
        shutil.copy(FILES / "documents" / name, folder)
    assert len(list(folder.iterdir())) == 387
    return folder


def test_whole_case(visit: Any, product: Product, disc: Path, tmp_path: Path) -> None:
    reference = ask(visit, product, disc)
    confirm_at_home(visit, product)
    collect(visit, product, reference)
    review(visit, product, reference)
    code = deliver(visit, product, reference)
    verify(visit, tmp_path, reference, code, product)
    follow_up(visit, product, reference)
    refer_and_close(visit, product, reference)
    nobody_else(visit, product, reference)


def collect(visit: Any, product: Product, reference: str) -> None:
    """The coordinator takes the case, asks for one thing, completes, offers; one declines."""
    desk: Visitor = visit(by=GRACE)
    assert desk.page.url.endswith("/desk/")
    desk.press(f"tr:has-text('{reference}') a")
    desk.press("form[action$='/do/take/'] button")
    desk.press("a[href$='#ask'] >> nth=1")
    already = len(product.mails(MARIA))
    desk.press("form[action$='/do/ask/'] > button")
    assert desk.page.locator(".notice .pre").count() >= 1

    mail = product.wait_for_mail(MARIA, r"(/my/cases/[\w-]+/)", after=already)
    assert not [word for word in SECRETS_OF_HEALTH if word in mail.string]
    parent: Visitor = visit(phone=True, by=MARIA)
    parent.goto(mail[1])
    parent.press("main .notice a.button")
    parent.page.set_input_files("[data-pick=files]", str(FILES / "documents" / "vypyska-uk.jpg"))
    wait_until_sorted(parent)
    parent.type("text", "Aquí está el informe.")
    parent.press("form:not([action]):has(textarea) button")
    parent.close()

    desk.goto(f"/desk/cases/{reference}/")
    while True:
        missing = desk.page.locator("li:has(.tag.attention):has(button[value=arrived])")
        if not missing.count():
            break
        missing.first.locator("summary").click()
        with desk.page.expect_navigation():
            missing.first.locator("button[value=arrived]").click()
    # What is still being read may bring a doubt up while she settles the others: she looks again.
    done = desk.page.locator("form[action$='/do/complete/'] button")
    for _look in range(4):
        settle_doubts(desk, reference)
        desk.press("form[action$='/do/complete/'] button")
        if not done.count():
            break
    # Daniel knows the condition, so he is suggested first; he declines, and it moves on to Mei.
    desk.press("form[action$='/do/offer/'] button")
    first: Visitor = visit(by=DANIEL)
    first.press("main li a")
    first.choose("reason", "no_time")
    first.press("button[name=decline]")
    first.close()
    desk.goto(f"/desk/cases/{reference}/specialist/")
    assert "Dr. Mei Tanaka" in desk.page.locator("main").inner_text()
    assert desk.page.get_by_text("Waiting for an answer").is_visible()
    desk.close()


def settle_doubts(desk: Visitor, reference: str) -> None:
    """The series was made anonymous: she settles what the checks doubt, with her reason."""
    desk.goto(f"/desk/cases/{reference}/records/")
    while (doubt := desk.page.locator("details:has(form[action$='/do/clear-finding/'])")).count():
        doubt.first.locator("summary").click()
        doubt.first.locator("[name=reason]").fill("The clinic confirms that it is this child.")
        with desk.page.expect_navigation():
            doubt.first.locator("button").click()


def review(visit: Any, product: Product, reference: str) -> None:
    """The specialist reads, scrolls, windows, writes, and signs with a second factor."""
    mei: Visitor = visit(by=MEI)
    mei.press("main li a")
    mei.press("button[name=accept]")
    page = mei.page
    for question in QUESTIONS:
        assert question in page.locator(".review").inner_text()
    viewer = page.locator("[data-viewer]")
    page.wait_for_selector("[data-viewer][data-ready='1']", timeout=60_000)
    assert viewer.get_attribute("data-slice") == "193"
    screen = page.locator(".viewer-screen")
    screen.hover()
    for _step in range(5):
        page.mouse.wheel(0, 100)
        page.wait_for_timeout(100)
    page.wait_for_function("Number(document.querySelector('[data-viewer]').dataset.slice) !== 193")
    before = viewer.get_attribute("data-window-width")
    box = screen.bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 280, box["y"] + 240, steps=5)
    page.mouse.up()
    page.wait_for_function(
        f"document.querySelector('[data-viewer]').dataset.windowWidth !== '{before}'"
    )
    page.fill(".viewer-key-image [name=caption]", "Both sides look alike.")
    with page.expect_response(lambda answer: answer.url.endswith("/key-images/")) as saved:
        page.click(".viewer-key-image button")
    assert saved.value.ok
    for name, text in {
        "answer_1": "Yes. What was sent fits this diagnosis.",
        "answer_2": "The dose is within the usual range, 20–40 mg/kg a day.",
        "answer_3": "Yes, with an adult beside the water.",
        "findings": "No abnormality in the T1-weighted series.",
        "diagnosis_text": "Typical course.",
        "tests": "A sleep EEG in six months.",
        "limitations": "The child was not examined.",
    }.items():
        mei.type(name, text)
    for name, value in (("diagnosis", "agrees"), ("plan", "agrees"), ("urgency", "routine")):
        mei.choose(name, value)
    mei.press("button[name=sign]")
    assert page.locator("a[href$='#summary']").count() == 1, "what is missing is named"
    mei.goto(f"/expert/cases/{reference}/")
    assert page.input_value("[name=answer_2]").startswith("The dose")
    mei.type("summary", "Your child has a common kind of epilepsy. Most children outgrow it.")
    mei.press("button[name=sign]")
    preview = mei.context.request.get(f"/expert/cases/{reference}/preview.pdf")
    assert preview.body().startswith(b"%PDF-")
    mei.type("code", "000000")
    mei.press()
    assert page.locator("#id_code-error").count() == 1
    mei.type("code", product.factor(MEI))
    mei.press()
    assert page.locator(f"a[href='/files/{reference}/reports/1.pdf']").count() == 1
    mei.close()


def deliver(visit: Any, product: Product, reference: str) -> str:
    """The report goes to family and local provider; the parent reads it; return its code."""
    desk: Visitor = visit(by=GRACE)
    desk.goto(f"/desk/cases/{reference}/")
    parent_mails, doctor_mails = len(product.mails(MARIA)), len(product.mails(LUCIA))
    desk.press("form[action$='/do/deliver/'] button")
    desk.close()
    product.wait_for_mail(MARIA, reference, after=parent_mails)
    product.wait_for_mail(LUCIA, reference, after=doctor_mails)
    parent: Visitor = visit(phone=True, by=MARIA)
    parent.goto(f"/my/cases/{reference}/reports/1/")
    words = parent.page.locator("article").inner_text()
    for question in QUESTIONS:
        assert question in words
    assert "The child was not examined." in words
    code = parent.page.locator("article a[href^='/verify/'] bdi").inner_text()
    parent.close()
    return code


def verify(visit: Any, folder: Path, reference: str, code: str, product: Product) -> None:
    """Anyone verifies by the code or the file; one changed byte is detected."""
    parent: Visitor = visit(by=MARIA)
    data = parent.context.request.get(f"/files/{reference}/reports/1.pdf").body()
    parent.close()
    real, changed = folder / "report.pdf", folder / "changed.pdf"
    real.write_bytes(data)
    middle = len(data) // 2
    changed.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    stranger: Visitor = visit()
    stranger.goto("/verify/")
    stranger.type("code", code.lower())
    stranger.press("main form[method=get] button")
    shown = stranger.page.locator(".verified").inner_text()
    assert code in shown
    assert "Mei Tanaka" in shown
    assert "Camila" not in shown
    stranger.goto("/verify/")
    stranger.page.wait_for_selector("[data-verify][data-ready='1']")
    outcome = stranger.page.locator("[data-verify-outcome]")
    stranger.page.set_input_files("[data-verify] input[type=file]", str(real))
    expect(outcome).to_have_attribute("data-state", "good")
    stranger.page.set_input_files("[data-verify] input[type=file]", str(changed))
    expect(outcome).to_have_attribute("data-state", "stop")
    stranger.close()


def follow_up(visit: Any, product: Product, reference: str) -> None:
    """The parent asks; the answer is a signed addendum."""
    parent: Visitor = visit(phone=True, by=MARIA)
    parent.goto(f"/my/cases/{reference}/")
    parent.page.fill("#ask", "¿Cuándo repetimos el electroencefalograma?")
    parent.press("form[action$='/ask/'] button")
    desk: Visitor = visit(by=GRACE)
    desk.goto(f"/desk/cases/{reference}/after/")
    desk.press("form[action$='/do/pass-question/'] button")
    desk.close()
    mei: Visitor = visit(by=MEI)
    mei.goto(f"/expert/cases/{reference}/questions/1/")
    mei.type("text", "In six months, during sleep.")
    mei.type("code", product.factor(MEI))
    mei.press()
    mei.close()
    parent.goto(f"/my/cases/{reference}/reports/2/")
    assert "In six months, during sleep." in parent.page.locator("article").inner_text()
    parent.close()


def refer_and_close(visit: Any, product: Product, reference: str) -> None:
    """A referral goes all the way; the case closes; the director's page counts it."""
    desk: Visitor = visit(by=GRACE)
    desk.goto(f"/desk/cases/{reference}/after/")
    desk.page.locator("details:has(form[action$='/do/refer/']) > summary").click()
    desk.page.fill("#to_name", "Epilepsy clinic")
    desk.page.select_option("#to_country", "MX")
    desk.page.fill("#what_for", "Sleep EEG")
    desk.press("form[action$='/do/refer/'] button")
    desk.press("a[href$='/referrals/1/']")
    desk.press("button[name=ask]")
    parent: Visitor = visit(phone=True, by=MARIA)
    parent.goto(f"/my/cases/{reference}/")
    parent.press("a[href$='/referrals/1/']")
    parent.press("button[name=answer][value=yes]")
    parent.close()
    ruth: Visitor = visit(by=RUTH)
    ruth.press("main td a")
    for action in ("send", "accept", "schedule", "seen", "outcome", "close"):
        details = ruth.page.locator(f"details:has(input[name=action][value={action}])")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        if action == "schedule":
            details.locator("[name=visit_at]").fill("2030-01-15T10:30")
        if action == "outcome":
            details.locator("[name=outcome]").fill("The sleep EEG confirms the diagnosis.")
        with ruth.page.expect_navigation():
            details.locator("button").click()
    assert ruth.page.locator("main details").count() == 0
    ruth.close()
    desk.goto(f"/desk/cases/{reference}/")
    desk.press("a[href$='/close/']")
    desk.press("form[action$='/do/close/'] button")
    desk.close()
    helen: Visitor = visit(by=HELEN)
    assert helen.page.url.endswith("/director/")
    assert helen.page.locator("#closed").inner_text() == "1"
    helen.close()


def nobody_else(visit: Any, product: Product, reference: str) -> None:
    """A second family and a signed-out visitor get 404 for the addresses of this case.

    Every address of the table is tried in tests/web/test_access.py; here in the running product.
    """
    addresses = [
        f"/my/cases/{reference}/", f"/my/cases/{reference}/reports/1/",
        f"/files/{reference}/reports/1.pdf", f"/desk/cases/{reference}/",
        f"/expert/cases/{reference}/", f"/provider/cases/{reference}/",
        f"/dicomweb/{reference}/studies", f"/dicomweb/{reference}/summary",
        f"/my/cases/{reference}/files/",
    ]  # fmt: skip
    stranger: Visitor = visit()
    for address in addresses:
        assert stranger.context.request.get(address).status == 404, address
    stranger.goto("/sign-in/")
    stranger.sign_in(OTHER)
    for address in addresses:
        assert stranger.context.request.get(address).status == 404, address
    stranger.close()
    daniel: Visitor = visit(by=DANIEL)
    for address in addresses:
        assert daniel.context.request.get(address).status == 404, address
    daniel.close()
