"""What a series is for: images proper, or what lies beside (PS3.4, B.5; PS3.3, C.7.6.1.1.2)."""

import re

VOLUME, LOCALIZER, DOSE, CAPTURE, REPORT, OTHER = (
    "volume", "localizer", "dose-report", "secondary-capture", "report", "other",
)  # fmt: skip

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_CAPTURE = f"{_STORAGE}7"  # Secondary Capture and its multi-frame kin
_STRUCTURED = f"{_STORAGE}88."
_DOSE_SR = {f"{_STORAGE}88.{each}" for each in ("67", "68", "73", "74", "75", "76")}
_KEY_OBJECTS = f"{_STORAGE}88.59"
_DOCUMENTS = {f"{_STORAGE}104.{each}" for each in ("1", "2")}  # encapsulated PDF and CDA
_SHEETS = {f"{_STORAGE}{each}" for each in ("1.30", "1.29")}  # hardcopy images
_LOCALIZER_TYPES = {"LOCALIZER", "SCOUT", "TOPOGRAM", "SCANOGRAM"}
_CAPTURE_TYPES = {"SCREEN SAVE", "SCREENSHOT", "CSA REPORT", "RESULT", "SCREEN"}
_LOCALIZER_WORDS = re.compile(
    r"\b(localizer|localiser|pilot|locali[sz]ador|loc|scout|topogram\w*|surview|scano(gram)?|survey|"
    r"3[ -]?plane?s?|plan scan|aahead_scout\w*)\b",
    re.IGNORECASE,
)
_DOSE_WORDS = re.compile(
    r"\b(dose (report|info\w*|record|summary)|patient protocol|dosis\w*|dosimetr\w*|exposure "
    r"summary|ct dose)\b",
    re.IGNORECASE,
)
MOST_LOCALIZERS = 60  # images; more under such a name is a volume


def role_of(
    *, sop_class: str, modality: str, image_type: tuple[str, ...], description: str, count: int,
    has_pixels: bool,
) -> str:  # fmt: skip
    """Return what a series is for, from the headers of its first image."""
    structured = sop_class.startswith(_STRUCTURED) and sop_class != _KEY_OBJECTS
    if sop_class in _DOCUMENTS or structured:
        return DOSE if sop_class in _DOSE_SR or _DOSE_WORDS.search(description) else REPORT
    if not has_pixels or modality in {"SEG", "PR", "KO", "RTSTRUCT", "RTPLAN", "RTDOSE", "REG"}:
        return OTHER
    captured = (
        sop_class in _SHEETS
        or sop_class == _CAPTURE
        or sop_class.startswith(f"{_CAPTURE}.")
        or bool(_CAPTURE_TYPES & set(image_type))
    )
    if captured or modality in {"OT", "SC"}:
        return DOSE if _DOSE_WORDS.search(description) else CAPTURE
    named = count <= MOST_LOCALIZERS and _LOCALIZER_WORDS.search(description.replace("_", " "))
    return LOCALIZER if named or _LOCALIZER_TYPES & set(image_type) else VOLUME
