"""The codes of findings, by the risk in the disclaimer that they belong to."""

RISKS: dict[str, tuple[str, ...]] = {
    "missing": (
        "record-missing", "images-missing", "report-missing", "missing-from-disk", "too-old",
        "modality-missing", "body-part-missing", "contrast-missing",
    ),
    "incomplete": (
        "page-missing", "document-cut-off", "missing-slices", "irregular-spacing",
        "variable-thickness", "duplicate-position", "mixed-orientation", "series-cut-off",
        "time-point-missing",
    ),
    "poorly-translated": (
        "translation-number", "translation-unit", "translation-laterality",
        "translation-negation", "translation-drug", "translation-name", "translation-date",
        "translation-line-missing", "translation-missing", "translation-term",
    ),
    "illegible": ("unreadable", "hard-to-read"),
    "poor-quality-images": (
        "thick-slices", "small-matrix", "lossy-compression", "saturated", "empty-image", "noisy",
        "motion", "film-photograph", "secondary-capture", "gantry-tilt", "undecodable",
    ),
    "whose-and-what": (
        "not-this-child", "more-than-one-patient", "duplicate", "conflict", "burned-in-text",
        "language-unsupported", "date-implausible", "not-medical", "unsafe-file",
        "unreadable-file",
    ),
}  # fmt: skip

# While one of these is open, nobody knows that everything is of this child.
WHOSE = ("not-this-child", "more-than-one-patient")

RISK_OF: dict[str, str] = {code: risk for risk, codes in RISKS.items() for code in codes}
