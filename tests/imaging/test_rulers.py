"""Measurements: true on the original pixels, each author's own, kept, changed and removed."""

import io
from pathlib import Path
from uuid import uuid4

import numpy as np
import pydicom
import pytest
from PIL import Image

from secondopinion.accounts.models import Person
from secondopinion.audit.queries import entries_for
from secondopinion.cases.models import Case
from secondopinion.core import vault
from secondopinion.core.errors import NotYours, Refused
from secondopinion.imaging import drawing, rulers
from secondopinion.imaging.models import Instance
from secondopinion.opinions import actions as opinions
from secondopinion.opinions import key_images, measurements
from secondopinion.program.models import Program
from tests.imaging.syntaxes import every_syntax, truth
from tests.web.conftest import expert, person, sign_in
from tests.web.viewer_site import in_review

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
FILES = every_syntax()


@pytest.fixture
def mei(hospital: Program) -> Person:
    return expert("mei@harbour.example")


@pytest.fixture
def reviewed(mei: Person) -> Case:
    names = ("signed-ct", "rgb", "jpeg-2000-lossless")
    files = {f"{name}.dcm": FILES[name] for name in names}
    return in_review(
        person("maria@familia.example"), person("grace@harbour.example", "coordinator"), mei, files
    )


def image(name: str) -> Instance:
    return Instance.objects.select_related("series__study", "blob__space").get(
        series__description=name
    )


@pytest.mark.django_db
def test_length_area_and_values_are_those_of_the_file(reviewed: Case) -> None:
    dataset = pydicom.dcmread(io.BytesIO(FILES["signed-ct"]))
    down, along = map(float, dataset.PixelSpacing)
    instance = image("signed-ct")
    told = rulers.measure(instance, 1, "length", [(10.5, 10.5), (13.5, 14.5)])
    assert told == {"length": pytest.approx(np.hypot(3 * along, 4 * down)), "unit": "mm"}
    told = rulers.measure(instance, 1, "angle", [(20, 10), (10, 10), (10, 20)])
    assert told["angle"] == pytest.approx(90)
    values = truth(FILES["signed-ct"])
    told = rulers.measure(instance, 1, "probe", [(40.5, 30.5)])
    assert told["value"] == values[30, 40]
    assert told["value_unit"] == "HU"
    # A circle around a pixel's centre, of radius 5.
    ends = [(40.5, 35.5), (40.5, 25.5), (35.5, 30.5), (45.5, 30.5)]
    told = rulers.measure(instance, 1, "ellipse", ends)
    rows, columns = np.mgrid[: values.shape[0], : values.shape[1]]
    inner = values[(rows - 30) ** 2 + (columns - 40) ** 2 <= 25]
    assert told["pixels"] == inner.size
    assert told["mean"] == pytest.approx(inner.mean())
    assert told["deviation"] == pytest.approx(inner.std(ddof=1))
    assert (told["least"], told["most"]) == (inner.min(), inner.max())
    assert told["area"] == pytest.approx(np.pi * 25 * down * along)


@pytest.mark.django_db
def test_without_a_spacing_it_is_pixels_and_no_unit(reviewed: Case) -> None:
    told = rulers.measure(image("rgb"), 1, "length", [(0, 0), (3, 4)])
    assert told == {"length": 5.0, "unit": "px"}
    assert "mean" not in rulers.measure(
        image("rgb"), 1, "ellipse", [(5, 9), (5, 1), (1, 5), (9, 5)]
    )


@pytest.mark.django_db
def test_kept_changed_seen_and_removed(reviewed: Case, mei: Person) -> None:
    key, instance = uuid4(), image("jpeg-2000-lossless")
    make = {"by": mei, "case": reviewed, "key": key, "instance": instance, "frame": 1}
    measurements.keep_measurement(**make, tool="length", points=[[10, 10], [20, 10]])
    row = measurements.keep_measurement(**make, tool="length", points=[[10, 10], [30, 10]])
    assert list(measurements.measurements_of(reviewed, mei)) == [row]
    browser = sign_in(mei)
    address = f"/expert/cases/{reviewed.reference}/measurements/"
    [told] = browser.get(address).json()["measurements"]
    assert told["mine"]
    assert told["points"] == [[10, 10], [30, 10]]
    other = expert("daniel@harbour.example")
    with pytest.raises(NotYours):
        measurements.keep_measurement(
            **make | {"by": other}, tool="length", points=[[1, 1], [2, 2]]
        )
    with pytest.raises(NotYours):
        measurements.remove_measurement(by=other, case=reviewed, key=key)
    assert sign_in(other).get(address).status_code == 404
    measurements.remove_measurement(by=mei, case=reviewed, key=key)
    verbs = [entry.verb for entry in entries_for(reviewed.pk)]
    assert {"measurement-made", "measurement-changed", "measurement-removed"} <= set(verbs)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tool", "frame", "points"),
    [
        ("length", 1, [[1, 1]]), ("length", 2, [[1, 1], [2, 2]]), ("ruler", 1, [[1, 1], [2, 2]]),
        ("probe", 1, [["x", 1]]), ("probe", 1, [[float("nan"), 1]]), ("probe", 1, [[9e9, 1]]),
        ("probe", 1, 7), ("length", 1, [[1, 1, 1], [2, 2]]),
        ("length", 1, [[1, 1], [-3, 2]]), ("length", 1, [[1, 1], [2, 600]]),  # beyond the picture
    ],
)  # fmt: skip
def test_what_is_not_on_the_image_is_refused(
    reviewed: Case, mei: Person, tool: str, frame: int, points: object
) -> None:
    with pytest.raises(Refused):
        measurements.keep_measurement(
            by=mei, case=reviewed, key=uuid4(), instance=image("signed-ct"), frame=frame, tool=tool,
            points=points,
        )  # fmt: skip


@pytest.mark.django_db
def test_a_key_image_shows_what_was_measured(reviewed: Case, mei: Person, tmp_path: Path) -> None:
    instance = image("signed-ct")
    opinion = opinions.start_report(by=mei, case=reviewed)
    take = {"by": mei, "opinion": opinion, "instance": instance, "frame": 1, "caption": "A point"}
    plain = key_images.add(**take, center=40, width=400)
    measurements.keep_measurement(
        by=mei, case=reviewed, key=uuid4(), instance=instance, frame=1, tool="ellipse",
        points=[[64, 100], [64, 20], [20, 60], [100, 60]],
    )  # fmt: skip
    drawn = key_images.add(**take, center=40, width=400)
    before, after = (
        np.asarray(Image.open(io.BytesIO(vault.read(row.picture))), int) for row in (plain, drawn)
    )
    assert before.shape == after.shape
    assert min(before.shape[:2]) >= 640
    changed = np.abs(before - after).sum(axis=2) > 0
    assert 0.001 < changed.mean() < 0.2
    yellow = (after[..., 0] > 200) & (after[..., 2] < 80)
    assert yellow[changed].mean() > 0.2
    assert drawn.series_uid == instance.series.uid


@pytest.mark.django_db
def test_a_key_image_says_to_which_side_each_edge_lies(reviewed: Case) -> None:
    head = image("jpeg-2000-lossless")
    letters = {"left": "R", "right": "L", "top": "A", "bottom": "P"}
    assert drawing.sides(head, 1) == letters
    assert drawing.sides(image("rgb"), 1) == {}, "a picture that does not say how it lies"
    for instance, told in ((head, True), (image("rgb"), False)):
        data = drawing.annotated(instance, 1, [], center=None, width=None)
        drawn = np.asarray(Image.open(io.BytesIO(data)), int)
        yellow = (drawn[..., 0] > 200) & (drawn[..., 1] > 120) & (drawn[..., 2] < 80)
        high, wide = yellow.shape
        beside = slice(high // 2 - 30, high // 2 + 30)
        assert yellow[beside, :40].any() is np.bool_(told)
        assert yellow[beside, wide - 40 :].any() is np.bool_(told)
