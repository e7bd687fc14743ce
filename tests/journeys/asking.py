"""The journey's first part: a family asks, and the doctor at home confirms."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, Product, Visitor

FILES = ROOT / "secondopinion" / "demo" / "files"
MARIA, LUCIA, OTHER = "maria@familia.example", "lucia@clinica.example", "otra@familia.example"
QUESTIONS = (
    "¿Es correcto el diagnóstico?",
    "¿Es buena la dosis de la medicina?",
    "¿Puede Camila nadar?",
)
SECRETS_OF_HEALTH = ("Camila", "epileps", "Epileps", "convuls", "levetiracetam")
MOST_PAGES, MOST_FIELDS = 14, 45


def reference_of(visitor: Visitor) -> str:
    """Return the case's reference out of the address."""
    match = re.search(r"/cases/(\d{4}-[0-9A-Z]{5})/", visitor.page.url)
    assert match, visitor.page.url
    return match[1]


def wait_until_sorted(visitor: Visitor) -> None:
    """Wait until everything that was sent has been looked at."""
    visitor.page.wait_for_selector("[data-uploader][data-checked='1']", timeout=180_000)


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
    phone.press("main p > a")
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
