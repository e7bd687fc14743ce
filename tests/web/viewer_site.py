"""A site with a case in review: images of every kind that the viewer must show truly.

Run as a script it fills the database and prints what the tests need, as JSON.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from tests.web.site import Site

ROOT = Path(__file__).parents[2]
MR_HEAD = ROOT / "secondopinion" / "demo" / "files" / "mr-head" / "mr-head-384.zip"


class ViewerSite(Site):
    """The same site, filled by this module."""

    filled_by = "tests.web.viewer_site"


def head(start: int = 170, stop: int = 210) -> Iterator[tuple[str, bytes]]:
    """Yield slices of the magnetic resonance of a head."""
    with zipfile.ZipFile(MR_HEAD) as pack:
        names = sorted(name for name in pack.namelist() if name.endswith(".dcm"))
        for name in names[start:stop]:
            yield name, pack.read(name)


def read(name: str) -> Dataset:
    """Return a file that comes with pydicom."""
    import pydicom

    return pydicom.dcmread(str(get_testdata_file(name)))


def written(dataset: Dataset) -> bytes:
    """Return a dataset as a file."""
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def receive(case: Any, by: Any, files: dict[str, bytes]) -> None:
    """Send files to a case as a family does."""
    from secondopinion.arrivals import actions as arrivals
    from secondopinion.core import jobs

    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    arrivals.receive_file(by=by, case=case, name="disc.zip", source=pack.getvalue())
    jobs.run_all()


def in_review(family: Any, coordinator: Any, specialist: Any, files: dict[str, bytes]) -> Any:
    """Take a case with these images to its review by the real actions."""
    from secondopinion.cases import actions
    from secondopinion.cases.models import ItemState
    from secondopinion.experts import actions as experts
    from secondopinion.findings import actions as findings
    from secondopinion.findings.queries import doubts
    from tests.web.conftest import submitted

    case = submitted(family)
    receive(case, family, files)
    actions.take(by=coordinator, case=case)
    actions.confirm_treating(by=case.local_provider.person, case=case)
    for item in case.checklist.exclude(state=ItemState.ARRIVED):
        actions.settle_item(by=coordinator, item=item, state=ItemState.ARRIVED)
    for finding in doubts(case):
        findings.accept(finding=finding, by=coordinator, reason="Stand-ins, says the clinic.")
    actions.complete(by=coordinator, case=case)
    offer = experts.offer(by=coordinator, case=case, expert=specialist.expert)
    experts.accept(by=specialist, offer=offer)
    case.refresh_from_db()
    return case


def fill() -> dict[str, Any]:
    """Fill the database by the real actions; return addresses and session keys."""
    from secondopinion.program import actions as program
    from tests.imaging.syntaxes import every_syntax, others
    from tests.web.conftest import expert, person, sign_in

    program.set_up()
    family = person("maria@familia.example", name="María López")
    coordinator = person("grace@harbour.example", "coordinator")
    specialist = expert("mei@harbour.example")
    syntaxes = {f"{name}.dcm": data for name, data in every_syntax().items()}
    files = dict(head()) | syntaxes | others()
    case = in_review(family, coordinator, specialist, files)
    from secondopinion.opinions import actions as opinions

    opinions.start_report(by=specialist, case=case)
    return {
        "reference": case.reference,
        "sessions": {
            "specialist": sign_in(specialist).session.session_key,
            "family": sign_in(family).session.session_key,
        },
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(fill()))
