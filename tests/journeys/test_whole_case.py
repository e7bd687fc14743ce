"""One case from the public page to the director's figures, in a real browser on real files."""

import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, Product, Visitor

pytestmark = pytest.mark.journey

FILES = ROOT / "secondopinion" / "demo" / "files"
MARIA, LUCIA, OTHER = "maria@familia.example", "lucia@clinica.example", "otra@familia.example"
GRACE, MEI, DANIEL = "grace@harbour.example", "mei@harbour.example", "daniel@harbour.example"
RUTH, HELEN = "ruth@harbour.example", "helen@harbour.example"
QUESTIONS = (
    "¿Es correcto el diagnóstico?",
    "¿Es buena la dosis de la medicina?",
    "¿Puede Camila nadar?",
)
SECRETS_OF_HEALTH = ("Camila", "epileps", "Epileps", "convuls", "levetiracetam")
MOST_PAGES, MOST_FIELDS = 14, 45


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


def reference_of(visitor: Visitor) -> str:
    """Return the case's reference out of the address."""
    match = re.search(r"/cases/(\d{4}-[0-9A-Z]{5})/", visitor.page.url)
    assert match, visitor.page.url
    return match[1]


def wait_until_sorted(visitor: Visitor) -> None:
    """Wait until everything that was sent has been looked at."""
    visitor.page.wait_for_selector("[data-uploader][data-checked='1']", timeout=180_000)


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


def ask(visit: Any, product: Product, disc: Path) -> str:
    """A parent asks: on a phone in Spanish, closes the browser half way, goes on at a desktop."""
    phone: Visitor = visit(phone=True)
    phone.goto("/")
    phone.press("button[name=language][value=es]")
    assert phone.page.locator("html").get_attribute("lang") == "es"
    phone.press(".hero a.button")
    phone.sign_in(MARIA)
    phone.count_page()
    phone.choose("country", "MX")
    phone.page.locator("main [name=specialty]").first.check()
    phone.press()
    reference = reference_of(phone)
    # She is told how the program may help before anything is sent, and of the local provider.
    assert phone.page.locator("[data-may=family_and_provider]").count() == 1
    phone.count_page()
    phone.choose("emergency", "yes")
    phone.press()
    assert phone.page.url.endswith("/stop/")
    phone.press("main a")
    assert phone.page.locator("[name=emergency][value=yes]").is_checked()
    phone.choose("emergency", "no")
    phone.press()
    phone.count_page()
    phone.type("full_name", "Camila Fernández López")
    for part, value in (("day", "14"), ("month", "5"), ("year", "2037")):
        phone.type(f"birth_date_{part}", value)
    phone.choose("sex", "F")
    phone.press()
    expect(phone.page.locator("#id_birth_date-error")).to_be_visible()
    phone.type("birth_date_year", "2017")
    phone.type("weight_kg", "24,5")
    phone.press()
    phone.count_page()
    phone.type("full_name", "María Fernández López")
    phone.choose("kind", "parent")
    phone.tick("may_decide")
    phone.press()
    phone.count_page()
    phone.type("full_name", "Dra. Lucía Ramírez")
    phone.page.wait_for_selector("[data-autosave-state=saved]")
    cost = phone.cost
    phone.close()

    desktop: Visitor = visit()
    desktop.goto("/my/")
    desktop.sign_in(MARIA)
    product.sessions[MARIA] = desktop.context.storage_state()
    desktop.cost = cost
    assert desktop.page.locator("html").get_attribute("lang") == "es"
    desktop.goto(f"/my/cases/{reference}/request/provider/")
    assert desktop.page.input_value("[name=full_name]") == "Dra. Lucía Ramírez"
    desktop.type("clinic", "Hospital San Rafael")
    desktop.type("email", LUCIA)
    desktop.press()
    desktop.count_page()
    desktop.type("diagnosis", "Epilepsia infantil")
    desktop.type("history", "Dos convulsiones desde agosto.")
    desktop.type("medicines", "Levetiracetam 250 mg cada 12 horas")
    desktop.press()
    desktop.count_page()
    desktop.press()
    desktop.count_page()
    for number, text in enumerate(QUESTIONS, 1):
        desktop.type(f"question_{number}", text)
    desktop.press()
    desktop.count_page()
    desktop.page.set_input_files("[data-pick=folder]", str(disc))
    desktop.cost.taps += 1
    wait_until_sorted(desktop)
    listing = desktop.page.locator("[data-uploader-list]").inner_text()
    assert "384" in listing
    for name in ("carta-de-alta-es.jpg", "typewritten-page.png", "scanned-book-page.pdf"):
        assert name in listing
    desktop.press("main .actions a.button")
    desktop.count_page()
    for name in ("review", "contact_provider", "disclaimer"):
        desktop.tick(name)
    assert "urgencias" in desktop.page.locator(".box.quiet[lang=es]").inner_text()
    desktop.press()
    desktop.count_page()
    assert QUESTIONS[1] in desktop.page.locator("main").inner_text()
    desktop.press("main form button.button")
    desktop.count_page()
    assert desktop.page.url.endswith("/sent/")
    print(f"\n{cost}")
    assert len(cost.pages) <= MOST_PAGES, cost.pages
    assert len(cost.fields) <= MOST_FIELDS, cost.fields
    assert len(set(cost.fields)) == len(cost.fields), "something is asked twice"
    mail = product.wait_for_mail(MARIA, f"(?s).*{reference}.*")[0]
    assert not [word for word in SECRETS_OF_HEALTH if word in mail]
    desktop.close()
    return reference


def confirm_at_home(visit: Any, product: Product) -> None:
    """The local provider, without an account, confirms, adds one record, and has a receipt."""
    mail = product.wait_for_mail(LUCIA, r"(/link/[\w-]+/)")
    doctor: Visitor = visit()
    doctor.goto(mail[1])
    doctor.press()
    doctor.page.fill("#text", "La dosis es 300 mg.")
    doctor.press("form[action$='/confirm/'] button")
    assert re.search(r"[0-9A-Z]{8}", doctor.page.locator(".notice.good strong").inner_text())
    letter = FILES / "documents" / "patra-hi.jpg"
    doctor.page.set_input_files("[data-pick=files]", str(letter))
    wait_until_sorted(doctor)
    assert "patra-hi.jpg" in doctor.page.locator("[data-uploader-list]").inner_text()
    doctor.close()
    late: Visitor = visit()
    late.goto(mail[1])
    assert late.page.locator("[name=again]").count() == 1
    assert late.page.locator("main form button.button").count() == 0
    late.close()


def collect(visit: Any, product: Product, reference: str) -> None:
    """The coordinator takes the case, asks for one thing, completes, offers; one declines."""
    desk: Visitor = visit(by=GRACE)
    assert desk.page.url.endswith("/desk/")
    desk.press(f"tr:has-text('{reference}') a")
    desk.press("form[action$='/do/take/'] button")
    ask_form = desk.page.locator("form[action$='/do/ask/']")
    ask_form.locator("[name=item]").select_option(index=2)
    already = len(product.mails(MARIA))
    desk.press("form[action$='/do/ask/'] button")
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
    desk.press("form[action$='/do/complete/'] button")
    # Daniel knows the condition, so he is suggested first; he declines, and Mei accepts.
    desk.press("form[action$='/do/offer/'] button")
    first: Visitor = visit(by=DANIEL)
    first.press("main li a")
    first.choose("reason", "no_time")
    first.press("button[name=decline]")
    first.close()
    desk.goto(f"/desk/cases/{reference}/")
    desk.press("form[action$='/do/offer/'] button")
    desk.close()


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
    desk.goto(f"/desk/cases/{reference}/")
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
    desk.goto(f"/desk/cases/{reference}/")
    desk.page.locator("details:has(form[action$='/do/refer/']) > summary").click()
    desk.page.fill("#to_name", "Epilepsy clinic")
    desk.page.fill("#to_country", "MX")
    desk.page.fill("#what_for", "Sleep EEG")
    desk.press("form[action$='/do/refer/'] button")
    parent: Visitor = visit(phone=True, by=MARIA)
    parent.goto(f"/my/cases/{reference}/")
    parent.press("form[action$='/agree/'] button")
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
