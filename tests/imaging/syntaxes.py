"""One picture in every transfer syntax that the viewer must show truly, and series that are odd.

Made from a slice of the head, from a phantom that comes with pydicom, and from its other files.
"""

import io
import tempfile
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import gdcm
import numpy as np
import pydicom
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.conftest import MR_HEAD

HERE = Path(__file__).parent
ROOT_UID = "1.2.826.0.1.3680043.10.1777.4"
# Decoders may round the last step of a lossy picture differently (IDCT, colour conversion).
LOSSY = {
    "jpeg-baseline-grey": 1, "jpeg-baseline-colour": 3, "jpeg-baseline-422": 60,
    "jpeg-2000-lossy": 1, "jpeg-ls-near": 0,
}  # fmt: skip


def _slice(number: int) -> Dataset:
    with zipfile.ZipFile(MR_HEAD) as pack:
        names = sorted(name for name in pack.namelist() if name.endswith(".dcm"))
        return pydicom.dcmread(io.BytesIO(pack.read(names[number])))


def _file(name: str) -> Dataset:
    return pydicom.dcmread(str(get_testdata_file(name)))


def _bytes(dataset: Dataset) -> bytes:
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _as(dataset: Dataset, name: str, number: int, study: int = 1) -> Dataset:
    """Give a dataset a series of its own, named `name`, under numbers of its own."""
    dataset.StudyInstanceUID = f"{ROOT_UID}.{study}"
    dataset.SeriesInstanceUID = f"{ROOT_UID}.{study}.{number}"
    dataset.SOPInstanceUID = f"{ROOT_UID}.{study}.{number}.1"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.SeriesDescription = name
    dataset.SeriesNumber = number
    dataset.Modality = dataset.get("Modality", "OT")
    dataset.PatientName = "Fernández^Camila"
    dataset.PatientID = "C-1"
    dataset.PatientBirthDate = "20170514"
    dataset.PatientSex = "F"
    dataset.StudyDate = "20260301"
    return dataset


def _compressed(uid: str, **options: float) -> Callable[[Dataset], None]:
    return lambda dataset: dataset.compress(uid, generate_instance_uid=False, **options)


def _renamed(uid: str) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        dataset.file_meta.TransferSyntaxUID = uid

    return change


def _jpeg_grey(dataset: Dataset) -> None:
    values = dataset.pixel_array.astype(float)
    grey = (values / values.max() * 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=92)
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.PixelRepresentation = 0
    dataset.HighBit = 7
    for tag in ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth"):
        if tag in dataset:
            delattr(dataset, tag)
    dataset.PixelData = encapsulate([out.getvalue()])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionRatio = 12


def by_gdcm(data: bytes, syntax: int) -> bytes:
    """Return a file in another transfer syntax of GDCM's."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "in.dcm"), Path(folder, "out.dcm")
        source.write_bytes(data)
        reader, change, writer = (
            gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
        )  # fmt: skip
        reader.SetFileName(str(source))
        assert reader.Read()
        change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer.SetFileName(str(made))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        return made.read_bytes()


CHANGES: dict[str, Callable[[Dataset], None]] = {
    "explicit-little-endian": _renamed(ExplicitVRLittleEndian),
    "implicit-little-endian": _renamed(ImplicitVRLittleEndian),
    "deflated": _renamed(DeflatedExplicitVRLittleEndian),
    "rle": _compressed(RLELossless),
    "jpeg-ls": _compressed(JPEGLSLossless),
    "jpeg-ls-near": _compressed(JPEGLSNearLossless, jls_error=2),
    "jpeg-2000-lossless": _compressed(JPEG2000Lossless),
    "jpeg-2000-lossy": _compressed(JPEG2000, j2k_cr=[20]),
    "jpeg-baseline-grey": _jpeg_grey,
}

FILES = {
    "signed-ct": "CT_small.dcm",
    "explicit-big-endian": "MR_small_bigendian.dcm",
    "signed-rle": "MR_small_RLE.dcm",
    "signed-jpeg-2000": "MR_small_jp2klossless.dcm",
    "signed-jpeg-ls": "MR_small_jpeg_ls_lossless.dcm",
    "deflated-8-bit": "image_dfl.dcm",
    "rgb": "examples_rgb_color.dcm",
    "rgb-odd": "SC_rgb_small_odd.dcm",
    "rgb-rle": "SC_rgb_rle.dcm",
    "rgb-jpeg-lossless": "SC_rgb_jpeg_gdcm.dcm",
    "rgb-jpeg-2000": "examples_jpeg2k.dcm",
    "jpeg-baseline-colour": "SC_rgb_jpeg_dcmtk.dcm",
    "jpeg-baseline-422": "SC_rgb_dcmtk_+eb+cy+np.dcm",
    "ybr-422-uncompressed": "SC_ybr_full_422_uncompressed.dcm",
    "palette": "examples_palette.dcm",
}


def every_syntax() -> dict[str, bytes]:
    """Return one file for each transfer syntax and form of pixels."""
    slice_, made = _slice(190), {}
    for name, change in CHANGES.items():
        dataset = _as(deepcopy(slice_), name, len(made) + 1)
        change(dataset)
        made[name] = _bytes(dataset)
    plain = made["explicit-little-endian"]
    for name, syntax in {
        "jpeg-lossless": gdcm.TransferSyntax.JPEGLosslessProcess14,
        "jpeg-lossless-sv1": gdcm.TransferSyntax.JPEGLosslessProcess14_1,
    }.items():
        dataset = pydicom.dcmread(io.BytesIO(by_gdcm(plain, syntax)))
        made[name] = _bytes(_as(dataset, name, len(made) + 1))
    dataset = pydicom.dcmread(HERE / "files" / "mr-htj2k.dcm")
    made["htj2k"] = _bytes(_as(dataset, "htj2k", len(made) + 1))
    for name, file in FILES.items():
        made[name] = _bytes(_as(_file(file), name, len(made) + 1))
    return made


def _broken() -> Dataset:
    """Return an image whose JPEG 2000 stream ends behind its first marker."""
    dataset = _file("JPEG2000-embedded-sequence-delimiter.dcm")
    dataset.PixelData = encapsulate([b"\xff\x4f\xff\x51" + b"\0" * 200])
    return dataset


def others() -> dict[str, bytes]:
    """Return what cannot be shown or cut, and a film of an ultrasound."""
    made = {
        "twelve-bit-jpeg.dcm": _bytes(_as(_file("JPGExtended.dcm"), "twelve-bit-jpeg", 1, 2)),
        "broken.dcm": _bytes(_as(_broken(), "broken", 2, 2)),
        "film.dcm": _bytes(_as(_file("examples_ybr_color.dcm"), "film", 3, 2)),
    }
    for number, (name, way) in enumerate({"tilted": (0.0, 0.4), "uneven": (0.3, 0.0)}.items(), 4):
        for index in range(12):
            dataset = _as(_slice(190), name, number, 2)
            dataset.SOPInstanceUID = f"{ROOT_UID}.2.{number}.{index + 1}"
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.InstanceNumber = index + 1
            dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            step = 2 * index + way[0] * index**2
            dataset.ImagePositionPatient = [-100, -100 + way[1] * step, step]
            made[f"{name}-{index}.dcm"] = _bytes(dataset)
    return made


def truth(data: bytes) -> np.ndarray:
    """Return what pydicom says the pixels are: rescaled grey values, or red, green and blue."""
    from pydicom.pixels import apply_color_lut, apply_rescale, pixel_array

    dataset = pydicom.dcmread(io.BytesIO(data))
    values = pixel_array(dataset, index=0)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        # Palettes of 16 bits are shown by their upper eight.
        colours = apply_color_lut(values, dataset)
        return colours if colours.dtype == np.uint8 else (colours >> 8).astype(np.uint8)
    if values.ndim == 3:
        return values
    return apply_rescale(values, dataset)
