"""One defect at a time put into a real series, at several strengths. Used by the tests and by
`benchmarks/imaging_findings.py`."""

import copy
import io
import json
import random
import zlib
from collections.abc import Callable

import numpy as np
import pydicom
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit, generate_uid

from secondopinion.imaging import headers, measuring
from secondopinion.imaging.checks.model import Image, image_of

type Rows = list[pydicom.Dataset]
STRENGTHS = (0, 1, 2)


def uid(*parts: object) -> str:
    """Return a UID that is the same in every run."""
    return generate_uid(entropy_srcs=["/".join(map(str, parts))])


def copied(rows: Rows, *at: int) -> Rows:
    """Return a series whose datasets at some places may be changed."""
    wanted = set(at) if at else set(range(len(rows)))
    return [copy.deepcopy(row) if number in wanted else row for number, row in enumerate(rows)]


def written(row: pydicom.Dataset) -> bytes:
    """Return the bytes of a file."""
    out = io.BytesIO()
    row.save_as(out)
    return out.getvalue()


def read(files: list[bytes]) -> list[Image]:
    """Parse and measure files in this process, as the sandbox child does."""
    images = []
    for number, data in enumerate(files):
        head = headers.parse(data)
        assert "error" not in head, head
        image = image_of(
            json.loads(zlib.decompress(head["metadata"])), syntax=head["syntax"],
            file=f"{number}", length=len(data),
            digest=str(hash(data)),
        )  # fmt: skip
        image.pixels = measuring.measure(data)
        images.append(image)
    return images


def pixels(row: pydicom.Dataset) -> np.ndarray:
    """Return the stored values as floats."""
    return row.pixel_array.astype(np.float64)


def put(row: pydicom.Dataset, values: np.ndarray) -> None:
    """Store values in the row's own type."""
    kind = np.dtype(f"{'i' if row.PixelRepresentation else 'u'}{row.BitsAllocated // 8}")
    edge = np.iinfo(kind)
    row.PixelData = np.clip(np.rint(values), edge.min, edge.max).astype(kind).tobytes()
    row["PixelData"].VR = "OW"
    row.Rows, row.Columns = values.shape
    row.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian


def _some(rows: Rows, strength: int, *, inner: bool = True) -> list[int]:
    """Return the places of one, three, or a fifth of the images."""
    edge = 2 if inner else 0
    count = (1, 3, max(4, len(rows) // 5))[strength]
    return sorted(random.Random(strength).sample(range(edge, len(rows) - edge), count))


def missing_slices(rows: Rows, strength: int) -> Rows:
    gone = set(_some(rows, strength))
    return [row for at, row in enumerate(rows) if at not in gone]


def irregular_spacing(rows: Rows, strength: int) -> Rows:
    at = _some(rows, strength)
    rows = copied(rows, *at)
    for place in at:
        step = np.subtract(rows[place + 1].ImagePositionPatient, rows[place].ImagePositionPatient)
        moved = np.add(rows[place].ImagePositionPatient, step * (0.3, 0.4, 0.45)[strength])
        rows[place].ImagePositionPatient = [f"{each:.10g}" for each in moved]
    return rows


def variable_thickness(rows: Rows, strength: int) -> Rows:
    at = _some(rows, strength)
    rows = copied(rows, *at)
    for place in at:
        rows[
            place
        ].SliceThickness = f"{float(rows[place].SliceThickness) * (1.2, 1.5, 2)[strength]:.6g}"
    return rows


def gantry_tilt(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    slope = np.tan(np.radians((1.5, 8, 20)[strength]))
    start = np.array(rows[0].ImagePositionPatient, float)
    for row in rows:
        axes = np.array(row.ImageOrientationPatient, float)
        place = np.array(row.ImagePositionPatient, float)
        along = (place - start) @ np.cross(axes[:3], axes[3:])
        row.ImagePositionPatient = [f"{each:.10g}" for each in place + axes[3:] * along * slope]
    return rows


def duplicate_position(rows: Rows, strength: int) -> Rows:
    more = [copy.deepcopy(rows[at]) for at in _some(rows, strength)]
    for row in more:
        row.SOPInstanceUID = row.file_meta.MediaStorageSOPInstanceUID = uid(row.SOPInstanceUID, 2)
        row.InstanceNumber = int(row.InstanceNumber) + 1000
    return rows + more


def mixed_orientation(rows: Rows, strength: int) -> Rows:
    at = _some(rows, strength)
    rows = copied(rows, *at)
    angle = np.radians((90, 15, 4)[strength])
    turn = np.array(
        [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    )
    for place in at:
        axes = np.array(rows[place].ImageOrientationPatient, float)
        turned = np.concatenate([turn @ axes[:3], turn @ axes[3:]])
        rows[place].ImageOrientationPatient = [f"{each:.10g}" for each in turned]
    return rows


def times(rows: Rows, count: int = 3, *, labelled: bool = True) -> Rows:
    """Return a series taken several times over: a clean one."""
    found = []
    for time in range(count):
        for at, row in enumerate(copied(rows)):
            row.SOPInstanceUID = row.file_meta.MediaStorageSOPInstanceUID = uid(
                row.SOPInstanceUID, "time", time
            )
            row.InstanceNumber = time * len(rows) + at + 1
            if labelled:
                row.TemporalPositionIdentifier = time + 1
                row.NumberOfTemporalPositions = count
            found.append(row)
    return found


def time_point_missing(rows: Rows, strength: int) -> Rows:
    whole = times(rows, labelled=strength != 1)
    gone = set(_some(rows, strength))
    return [row for at, row in enumerate(whole) if at - len(rows) not in gone]


def series_cut_off(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    count = len(rows)
    if strength == 2:  # the beginning is missing, and nothing was declared
        return rows[count // 4 :]
    for row in rows:
        row.ImagesInAcquisition = count
    return rows[: count - (1, count // 3)[strength]]


def thick_slices(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    for row in rows:
        row.SliceThickness = ("5.5", "7", "10")[strength]
    return rows


def small_matrix(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    for row in rows:
        by = max(2, round(max(row.Rows, row.Columns) / (110, 90, 50)[strength]))
        row.PixelSpacing = [f"{float(each) * by:.6g}" for each in row.PixelSpacing]
        put(row, pixels(row)[::by, ::by])
    return rows


def lossy_compression(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    for row in rows:
        values = pixels(row)
        grey = np.clip((values - values.min()) / max(1, np.ptp(values)) * 255, 0, 255).astype(
            np.uint8
        )
        out = io.BytesIO()
        Picture.fromarray(grey).save(out, "JPEG", quality=(90, 60, 20)[strength])
        row.PixelData = encapsulate([out.getvalue()])
        row["PixelData"].VR = "OB"
        row.BitsAllocated = row.BitsStored = 8
        row.HighBit, row.PixelRepresentation = 7, 0
        row.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        if strength == 0:
            row.LossyImageCompression = "01"
    return rows


def saturated(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    edge = np.percentile(np.stack([pixels(row) for row in rows]), (98, 96, 92)[strength])
    for row in rows:
        put(row, np.minimum(pixels(row), edge))
    return rows


def empty_image(rows: Rows, strength: int) -> Rows:
    at = _some(rows, strength)
    rows = copied(rows, *at)
    for place in at:
        put(rows[place], np.zeros((rows[place].Rows, rows[place].Columns)))
    return rows


def noisy(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    chance = np.random.default_rng(strength)
    for row in rows:
        values = pixels(row)
        body = values[values > np.percentile(values, 60)]
        spread = np.percentile(body, 90) - np.percentile(body, 10)
        if row.Modality == "CT":
            spread = 180.0
        noise = chance.normal(0, spread * (0.6, 0.9, 1.5)[strength], values.shape)
        put(row, np.abs(values + noise))
    return rows


def motion(rows: Rows, strength: int, phase: str = "COL") -> Rows:
    """Every second line of k-space weakened, as breathing does (MR)."""
    rows = copied(rows)
    for row in rows:
        row.InPlanePhaseEncodingDirection = phase
        plane = np.fft.fft2(pixels(row))
        lines = plane if phase == "COL" else plane.T
        lines[::2] *= 1 - (0.2, 0.3, 0.5)[strength]
        put(row, np.abs(np.fft.ifft2(plane)))
    return rows


def breathing(rows: Rows, strength: int, phase: str = "COL") -> Rows:
    """The body moves to and fro along the phase direction, once in nine lines of k-space or so."""
    rows = copied(rows)
    for row in rows:
        row.InPlanePhaseEncodingDirection = phase
        plane = np.fft.fft2(pixels(row))
        lines = plane if phase == "COL" else plane.T
        cycles = np.fft.fftfreq(len(lines))
        order = np.argsort(np.argsort(cycles))
        moved = (2, 3, 5)[strength] * len(lines) / 384 * np.sin(2 * np.pi * order / 9.3)
        lines *= np.exp(-2j * np.pi * cycles * moved)[:, None]
        put(row, np.abs(np.fft.ifft2(plane)))
    return rows


def burned_in_text(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    font = ImageFont.load_default((9, 14, 24)[strength])
    for row in rows:
        values = pixels(row)
        sheet = Picture.new("L", (row.Columns, row.Rows))
        ImageDraw.Draw(sheet).text((4, 4), "LOPEZ MARIA 2017", fill=255, font=font)
        put(row, np.where(np.array(sheet) > 127, values.max() * 1.02 + 1, values))
    return rows


def secondary_capture(rows: Rows, strength: int) -> Rows:
    rows = copied(rows)
    for row in rows:
        row.SOPClassUID = row.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
        row.ConversionType = ("WSD", "SYN", "WSD")[strength]
        if strength:
            row.Modality = ("", "OT", "SC")[strength]
    return rows


def film_photograph(rows: Rows, strength: int) -> Rows:
    rows = secondary_capture(rows, 1)
    for row in rows:
        row.ConversionType = ("DF", "SI", "DF")[strength]
    return rows


def undecodable(rows: Rows, strength: int) -> Rows:
    at = _some(rows, strength)
    rows = copied(rows, *at)
    for place in at:
        row = rows[place]
        if strength == 0:
            row.PixelData = row.PixelData[: len(row.PixelData) // 2]
        elif strength == 1:
            row.PixelData = encapsulate([b"\xff\xd8\xff\xe0" + bytes(range(200))])
            row.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        else:
            row.PixelData = encapsulate([bytes(1000)])
            row.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.102"  # MPEG-4
        row["PixelData"].VR = "OW" if strength == 0 else "OB"
    return rows


def more_than_one_patient(rows: Rows, strength: int) -> Rows:
    at = _some(rows, strength)
    rows = copied(rows, *at)
    for place in at:
        rows[place].PatientName = ("Petrova^Anna", "Petrova^Anna", "Garcia^Luis")[strength]
        rows[place].PatientID = "77"
        rows[place].PatientBirthDate = ("20140302", "20140302", "")[strength]
    return rows


def conflict(rows: Rows, strength: int) -> Rows:
    more = [copy.deepcopy(rows[at]) for at in _some(rows, strength)]
    for row in more:
        put(row, pixels(row) + 1)
    return rows + more


def duplicate(rows: Rows, strength: int) -> Rows:
    return rows + [rows[at] for at in _some(rows, strength)]


INJECTIONS: dict[str, Callable[[Rows, int], Rows]] = {
    "missing-slices": missing_slices, "irregular-spacing": irregular_spacing,
    "variable-thickness": variable_thickness, "gantry-tilt": gantry_tilt,
    "duplicate-position": duplicate_position, "mixed-orientation": mixed_orientation,
    "time-point-missing": time_point_missing, "series-cut-off": series_cut_off,
    "thick-slices": thick_slices, "small-matrix": small_matrix,
    "lossy-compression": lossy_compression, "saturated": saturated, "empty-image": empty_image,
    "noisy": noisy, "motion": motion, "burned-in-text": burned_in_text,
    "secondary-capture": secondary_capture, "film-photograph": film_photograph,
    "undecodable": undecodable, "more-than-one-patient": more_than_one_patient,
    "conflict": conflict, "duplicate": duplicate,
}  # fmt: skip


def film_jpeg(rows: Rows) -> bytes:
    """Return a photograph of a film: slices on a dark sheet, held a little askew, tinted."""
    sheet = Picture.new("L", (1200, 1600), 12)
    for at, row in enumerate(rows[:12]):
        values = pixels(row)
        grey = np.clip(values / max(1, np.percentile(values, 99.5)) * 235, 0, 255).astype(np.uint8)
        tile = Picture.fromarray(grey).resize((360, 360))
        sheet.paste(tile, (30 + at % 3 * 390, 20 + at // 3 * 390))
    coloured = Picture.merge("RGB", [sheet, sheet, sheet.point(lambda each: min(255, each + 14))])
    out = io.BytesIO()
    coloured.rotate(3, fillcolor=(40, 44, 50)).save(out, "JPEG", quality=80)
    return out.getvalue()
