"""Makes what families have: slices as a scanner writes them, and discs of them."""

import io
from collections.abc import Iterator

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def slices(
    count: int, *, rows: int = 16, columns: int = 16, seed: int = 0, implicit: bool = False
) -> Iterator[bytes]:
    """Yield CT slices of one series with a smooth object and noise in 12 bits."""
    chance = np.random.default_rng(seed)
    study, series = generate_uid(entropy_srcs=[f"study {seed}"]), generate_uid()
    down, across = np.mgrid[:rows, :columns]
    for number in range(count):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[series, str(number)])
        meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian if implicit else (
            ExplicitVRLittleEndian
        )  # fmt: skip
        made = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
        made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        made.StudyInstanceUID, made.SeriesInstanceUID = study, series
        made.PatientName, made.PatientID, made.Modality = "Koval^Solomiia", "K1", "CT"
        made.SeriesDescription, made.SeriesNumber, made.InstanceNumber = "Head", 2, number + 1
        made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        made.ImagePositionPatient, made.PixelSpacing = [0, 0, number * 2.0], [0.5, 0.5]
        made.Rows, made.Columns, made.SamplesPerPixel = rows, columns, 1
        made.BitsAllocated, made.BitsStored, made.HighBit = 16, 12, 11
        made.PixelRepresentation, made.PhotometricInterpretation = 0, "MONOCHROME2"
        picture = 1000 + 40 * np.sin(down / 40 + number / 9) + chance.normal(0, 9, (rows, columns))
        picture += 700 * (np.hypot(down - rows / 2, across - columns / 2) < rows / 8)
        made.PixelData = np.clip(picture, 0, 4095).astype("<u2").tobytes()
        file = io.BytesIO()
        made.save_as(file, enforce_file_format=True)
        yield file.getvalue()
