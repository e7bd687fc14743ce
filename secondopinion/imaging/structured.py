"""Builds DICOM documents: measurements as a structured report (PS3.16, TID 1500), chosen images as
a key object selection (TID 2010). Runs inside the sandbox: plain values in and out.

A source is the DICOM JSON of an image; what a document does not need of it is not read.
"""

import io
import json
import math
from typing import Any

WARM = ("highdicom.sr", "highdicom.ko")  # see `sandbox.run`
_NEEDED = frozenset({
    "00080016", "00080018", "00080020", "00080030", "00080050", "00080060", "00080090", "00100010",
    "00100020", "00100030", "00100040", "0020000D", "0020000E", "00200010", "00280008", "00280010",
    "00280011",
})  # fmt: skip
_EMPTY = ("StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "PatientName",
          "PatientID", "PatientBirthDate", "PatientSex", "StudyID")  # fmt: skip
_MAKER = "Second Opinion"

Source = dict[str, Any]


def report(sources: list[bytes], measured: list[dict[str, Any]], document: dict[str, Any]) -> bytes:
    """Return a Comprehensive SR of what one person measured on images of one study.

    `sources` are headers as DICOM JSON. A row of `measured` has ``uid``, ``source`` (a place in
    `sources`), ``frame``, ``tool``, ``points`` and ``values`` as `rulers` has them. `document` has
    ``author``, ``series`` and ``instance`` (UIDs), ``number``.
    """
    from highdicom import sr
    from pydicom.sr.codedict import codes

    images = [_evidence(text) for text in sources]
    groups = []
    for number, row in enumerate(measured, 1):
        image = images[row["source"]]
        groups.append(
            sr.MeasurementsAndQualitativeEvaluations(
                tracking_identifier=sr.TrackingIdentifier(row["uid"], f"Measurement {number}"),
                measurements=[
                    _measurement(image, row, *told) for told in _values(image, row)
                ],
            )
        )  # fmt: skip
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_person_context=_observer(document)),
        procedure_reported=codes.SCT.ImagingProcedure,
        imaging_measurements=groups,
    )
    made = sr.ComprehensiveSR(
        evidence=images, content=content[0], is_complete=True, specific_character_set="ISO_IR 192",
        **_numbers(document),
    )  # fmt: skip
    return _written(made)


def selection(sources: list[bytes], captions: list[str], document: dict[str, Any]) -> bytes:
    """Return a Key Object Selection of images of one study, with their captions."""
    from highdicom import ko
    from pydicom.sr.codedict import codes

    images = [_evidence(text) for text in sources]
    content = ko.KeyObjectSelection(
        document_title=codes.DCM.OfInterest, referenced_objects=images,
        observer_person_context=_observer(document), description="\n".join(captions) or None,
    )  # fmt: skip
    made = ko.KeyObjectSelectionDocument(
        evidence=images, content=content, specific_character_set="ISO_IR 192", **_numbers(document)
    )
    return _written(made)


def _numbers(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "series_instance_uid": document["series"], "series_number": document["number"],
        "sop_instance_uid": document["instance"], "instance_number": 1, "manufacturer": _MAKER,
    }  # fmt: skip


def _observer(document: dict[str, Any]) -> Any:
    from highdicom import sr
    from pydicom.sr.codedict import codes

    # A name is written as one component: families and given names are not told apart here.
    name = document["author"].replace("^", " ").replace("=", " ") + "^"
    return sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(name=name),
    )


def _evidence(text: bytes) -> Any:
    from pydicom.dataset import Dataset

    head = {tag: row for tag, row in json.loads(text).items() if tag in _NEEDED}
    made = Dataset.from_json(head)
    for keyword in _EMPTY:
        if keyword not in made:
            setattr(made, keyword, None)
    return made


def _written(dataset: Any) -> bytes:
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _values(image: Any, row: dict[str, Any]) -> list[tuple[Any, float, Any, Any]]:
    """Return name, value, unit and derivation of each number of a measurement (CID 7469, 7464)."""
    from highdicom.sr import CodedConcept
    from pydicom.sr.codedict import codes

    values, tool = row["values"], row["tool"]
    unit = values.get("unit", "px")
    lengths = {"mm": codes.UCUM.Millimeter, "cm": codes.UCUM.Centimeter}
    areas = {"mm": codes.UCUM.SquareMillimeter, "cm": codes.UCUM.SquareCentimeter}
    pixels = CodedConcept("{pixels}", "UCUM", "pixels")
    if tool == "length":
        return [(codes.SCT.Length, values["length"], lengths.get(unit, pixels), None)]
    if tool == "angle":
        return [(codes.SCT.Angle, values["angle"], codes.UCUM.Degree, None)]
    found: list[tuple[Any, float, Any, Any]] = []
    if "area" in values:
        found.append((codes.SCT.Area, values["area"], areas.get(unit, pixels), None))
    name, of_values = _pixel_value(image, values)
    derived = {"mean": codes.SCT.Mean, "deviation": codes.SCT.StandardDeviation,
               "least": codes.SCT.Minimum, "most": codes.SCT.Maximum, "value": None}  # fmt: skip
    for key, derivation in derived.items():
        if key in values:
            found.append((name, values[key], of_values, derivation))
    return found


def _pixel_value(image: Any, values: dict[str, Any]) -> tuple[Any, Any]:
    from highdicom.sr import CodedConcept
    from pydicom.sr.codedict import codes

    if values.get("value_unit") == "HU":
        return codes.DCM.AttenuationCoefficient, codes.UCUM.HounsfieldUnit
    if image.get("Modality") == "MR":
        return codes.DCM.MRSignalIntensity, codes.UCUM.NoUnits
    return CodedConcept("pixel-value", "99SECONDOPINION", "Pixel value"), codes.UCUM.NoUnits


def _measurement(
    image: Any, row: dict[str, Any], name: Any, value: float, unit: Any, derivation: Any
) -> Any:
    import numpy as np
    from highdicom import sr

    frames = [row["frame"]] if int(image.get("NumberOfFrames") or 1) > 1 else None
    source = sr.SourceImageForRegion(image.SOPClassUID, image.SOPInstanceUID, frames)
    kind, points = _graphic(row["tool"], row["points"])
    region = sr.CoordinatesForMeasurement(
        graphic_type=kind, graphic_data=np.array(points, dtype=float), source_image=source
    )
    return sr.Measurement(
        name=name, value=_short(value), unit=unit, derivation=derivation,
        referenced_coordinates=[region],
    )  # fmt: skip


def _graphic(tool: str, points: list[list[float]]) -> tuple[str, list[list[float]]]:
    """Return the graphic type and its points (PS3.3 C.18.6.1.2): of an ellipse the long axis comes
    first."""
    if tool == "probe":
        return "POINT", points
    if tool != "ellipse":
        return "POLYLINE", points
    one, other = points[:2], points[2:]
    if math.dist(*one) < math.dist(*other):
        one, other = other, one
    return "ELLIPSE", [*one, *other]


def _short(value: float) -> float:
    """Round to what a decimal string holds (PS3.5, 6.2, DS: 16 characters)."""
    return float(f"{value:.7g}")
