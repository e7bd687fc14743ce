"""Reads the directory of a DICOM disk (PS3.3, annex F). Runs inside the sandbox."""

import io
import warnings

WARM = ("pydicom",)  # see `sandbox.run`
MOST_RECORDS = 200_000


def listed_all(files: list[bytes]) -> list[list[tuple[str, str, str]]]:
    """Read many directories in one child."""
    return [listed(data) for data in files]


def listed(data: bytes) -> list[tuple[str, str, str]]:
    """Return the study, series and instance UIDs that a DICOMDIR lists; nothing on damage.

    Paths are left out on purpose: on real disks they often match no folder.
    """
    import pydicom

    found: list[tuple[str, str, str]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(io.BytesIO(data), force=True)
            study = series = ""
            for record in dataset.get("DirectoryRecordSequence") or []:
                kind = str(record.get("DirectoryRecordType", ""))
                if kind == "STUDY":
                    study = str(record.get("StudyInstanceUID", "") or "")
                elif kind == "SERIES":
                    series = str(record.get("SeriesInstanceUID", "") or "")
                uid = str(record.get("ReferencedSOPInstanceUIDInFile", "") or "").strip("\0 ")
                if uid:
                    found.append((study, series, uid))
                if len(found) >= MOST_RECORDS:
                    break
        except Exception:  # noqa: BLE001 - a damaged directory lists what was read of it
            return found
    return found
