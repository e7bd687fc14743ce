"""The DICOMDIR of files that are handed out together (DICOM PS3.10, section 8; PS3.3, annex F).

It runs in the sandbox and is made from headers alone: what it lists is written elsewhere, byte for
byte as it came.
"""

import json
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import UID

# What a directory must name (type 1) and headers sometimes lack; "no date" has no other spelling.
_LEAST = {
    "StudyDate": "19000101", "StudyTime": "000000", "StudyID": "1", "Modality": "OT",
    "SeriesNumber": 0, "InstanceNumber": 0,
}  # fmt: skip


def directory(headers: list[bytes], syntaxes: list[str], patient_id: str) -> dict[str, Any]:
    """Return ``dicomdir`` (bytes) and ``paths``: where each file belongs, in the order given; ""
    for an object that no directory can list.

    `headers` are DICOM JSON (PS3.18, annex F) without bulk data, `syntaxes` the transfer syntaxes
    of the files, `patient_id` stands where a header has none.
    """
    files = FileSet()
    uids: list[str] = []
    for text, syntax in zip(headers, syntaxes, strict=True):
        row = _header(json.loads(text), syntax, patient_id)
        try:
            files.add(row)
        except (ValueError, AttributeError, KeyError):
            uids.append("")
        else:
            uids.append(str(row.SOPInstanceUID))
    if not any(uids):
        return {"dicomdir": b"", "paths": ["" for _each in uids]}
    with TemporaryDirectory() as folder:
        files.write(folder)
        made = Path(folder, "DICOMDIR").read_bytes()
        places = {str(each.SOPInstanceUID): str(each.FileID) for each in files}
    return {"dicomdir": made, "paths": [places.get(uid, "") for uid in uids]}


def listed(dicomdir: bytes) -> list[str]:
    """Return the paths that a DICOMDIR names."""
    rows = dcmread(BytesIO(dicomdir)).DirectoryRecordSequence
    found = [row.ReferencedFileID for row in rows if "ReferencedFileID" in row]
    return [each if isinstance(each, str) else "/".join(each) for each in found]


def _header(told: dict[str, Any], syntax: str, patient_id: str) -> Dataset:
    # Long numbers break rules on the way, and no directory asks for one.
    kept = {
        tag: each for tag, each in told.items()
        if each.get("vr") not in {"DS", "UN"} and not int(tag[:4], 16) % 2
    }  # fmt: skip
    row = Dataset.from_json(kept, bulk_data_uri_handler=lambda *_where: None)
    for name, least in {**_LEAST, "PatientID": patient_id}.items():
        if getattr(row, name, None) in {None, ""}:
            setattr(row, name, least)
    row.file_meta = FileMetaDataset()
    row.file_meta.TransferSyntaxUID = UID(syntax)
    row.file_meta.MediaStorageSOPClassUID = row.SOPClassUID
    row.file_meta.MediaStorageSOPInstanceUID = row.SOPInstanceUID
    return row
