"""What waits: a first verdict is never behind a long document, nor behind the reading of others."""

import io
from typing import Any

from PIL import Image, ImageDraw

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions as arrivals
from secondopinion.cases.models import Case
from secondopinion.core import jobs
from secondopinion.records.models import Page, Reading


def scan(pages: int) -> bytes:
    """Return a PDF of pictures, as a scanner makes it."""
    made, out = [], io.BytesIO()
    for number in range(pages):
        page = Image.new("L", (600, 800), 240)
        words = f"Page {number + 1}\n" * 8
        ImageDraw.Draw(page).text((60, 40 + number), words, fill=20, font_size=30)
        made.append(page)
    made[0].save(out, "PDF", save_all=True, append_images=made[1:])
    return out.getvalue()


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("L", (800, 900), 230).save(out, "JPEG")
    return out.getvalue()


def do_one(**bounds: int) -> str:
    """Do the next job; return its name."""
    job = jobs.claim("here", **bounds)
    if job is None:
        return ""
    assert jobs.run(job, "here", beating=False) is None
    return job.task_path.rpartition(".")[2]


def test_a_photo_is_shown_between_the_pages_of_a_long_scan(case: Case, maria: Person) -> None:
    arrivals.receive_file(by=maria, case=case, name="long.pdf", source=scan(25))
    assert [do_one(), do_one()] == ["sort", "read_pages"]
    arrivals.receive_file(by=maria, case=case, name="late.jpg", source=photo())
    while not Page.objects.filter(record__title="late.jpg").exists():
        assert do_one()
    assert Page.objects.filter(record__title="long.pdf").count() < 25
    jobs.run_all()
    numbers = Page.objects.filter(record__title="long.pdf").values_list("number", flat=True)
    assert list(numbers.order_by("number")) == list(range(1, 26))


def test_reading_is_done_beside_what_people_wait_for(
    case: Case, maria: Person, settings: Any
) -> None:
    settings.UNDERSTAND_PAGES = True
    arrivals.receive_file(by=maria, case=case, name="two.pdf", source=scan(2))
    jobs.run_all(least=0)
    arrivals.receive_file(by=maria, case=case, name="late.jpg", source=photo())
    assert [do_one(most=-1), do_one(least=0)] == ["understand_pages", "sort"]
    assert Reading.objects.count() == 1  # a page a job
    assert do_one(least=0) == "read_pages"
    jobs.run_all()
    assert Reading.objects.count() == 2  # the photo is blank
