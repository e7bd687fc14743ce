"""A synthetic CT: a phantom with noise like a scanner's, 512 × 512 × 16 bit, 532 kB an image."""

from collections.abc import Iterator

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

ROOT = "1.2.826.0.1.3680043.10.1474"
SIZE = 512


def study_uid(run: int) -> str:
    """Return the UID of a run's study; all have the same length."""
    return f"{ROOT}.{10000 + run}.1"


def series_uid(run: int) -> str:
    """Return the UID of a run's series."""
    return f"{ROOT}.{10000 + run}.2"


def instance_uid(run: int, number: int) -> str:
    """Return the UID of an image; all have the same length."""
    return f"{ROOT}.{10000 + run}.3.{100000 + number}"


def _pixels(number: int, chance: np.random.Generator) -> np.ndarray:
    """Return a slice: a body with lungs and spine that change along it, and correlated noise."""
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    shift = 0.1 * np.sin(number / 40)
    values = np.full((SIZE, SIZE), -1000.0)
    values[(x / 0.85) ** 2 + (y / 0.62) ** 2 < 1] = 40
    for side in (-1, 1):
        values[((x - side * 0.38) / 0.26) ** 2 + ((y - shift) / 0.38) ** 2 < 1] = -820
    values[x**2 + (y - 0.42) ** 2 < 0.012] = 620
    values[(x - shift) ** 2 + (y + 0.05) ** 2 < 0.03] = 130
    noise = chance.normal(0, 28, (SIZE, SIZE))
    noise = (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1)) / 1.7
    return np.clip(values + noise, -1024, 3071).astype("<i2")


def images(count: int) -> Iterator[bytes]:
    """Yield the files of run 0."""
    chance = np.random.default_rng(20260101)
    for number in range(count):
        yield _file(number, _pixels(number, chance))


def of_run(data: bytes, run: int) -> bytes:
    """Return an image with the UIDs of another run: another study, the same length."""
    return data.replace(f"{ROOT}.10000.".encode(), f"{ROOT}.{10000 + run}.".encode())


def _file(number: int, pixels: np.ndarray) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = instance_uid(0, number)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = f"{ROOT}.9"
    image = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    image.SpecificCharacterSet = "ISO_IR 192"
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, instance_uid(0, number)
    image.StudyDate = image.SeriesDate = image.ContentDate = "20260102"
    image.StudyTime, image.ContentTime = "101500", f"1016{number % 60:02d}"
    image.AccessionNumber, image.StudyID, image.Modality = "A0001", "1", "CT"
    image.Manufacturer, image.ManufacturerModelName = "Synthetic", "Phantom 512"
    image.StudyDescription, image.SeriesDescription = "CT chest", "Axial 0.6 mm"
    image.PatientName, image.PatientID = "Phantom^Synthetic", "PH-0001"
    image.PatientBirthDate, image.PatientSex = "20170514", "F"
    image.SliceThickness, image.KVP, image.ReconstructionDiameter = "0.6", "100", "350"
    image.ConvolutionKernel, image.PatientPosition = "B30f", "HFS"
    image.StudyInstanceUID, image.SeriesInstanceUID = study_uid(0), series_uid(0)
    image.FrameOfReferenceUID = f"{ROOT}.10000.4"
    image.SeriesNumber, image.InstanceNumber, image.AcquisitionNumber = 2, number + 1, 1
    image.ImagePositionPatient = ["-175", "-175", f"{number * 0.6:.1f}"]
    image.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    image.SliceLocation = f"{number * 0.6:.1f}"
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.Rows = image.Columns = SIZE
    image.PixelSpacing = ["0.68359375", "0.68359375"]
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 16, 15
    image.PixelRepresentation, image.RescaleIntercept, image.RescaleSlope = 1, "0", "1"
    image.RescaleType, image.WindowCenter, image.WindowWidth = "HU", "40", "400"
    reference = Dataset()
    reference.ReferencedSOPClassUID = CTImageStorage
    reference.ReferencedSOPInstanceUID = f"{ROOT}.10000.5"
    image.ReferencedImageSequence = [reference]
    block = image.private_block(0x0029, "SYNTHETIC HEADER", create=True)
    block.add_new(0x10, "OB", bytes(range(256)) * 24)  # scanners write kilobytes of their own
    image.PixelData = pixels.tobytes()
    out = DicomBytesIO()
    pydicom.dcmwrite(out, image, enforce_file_format=True)
    return out.getvalue()
