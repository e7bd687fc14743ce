"""Scripts by Unicode, their languages, and the engine's models that read them (ISO 15924 codes)."""

import unicodedata
from collections import Counter
from functools import cache

_BLOCKS = (
    ("Latn", 0x0041, 0x024F), ("Grek", 0x0370, 0x03FF), ("Cyrl", 0x0400, 0x052F),
    ("Armn", 0x0530, 0x058F), ("Hebr", 0x0590, 0x05FF), ("Arab", 0x0600, 0x077F),
    ("Deva", 0x0900, 0x097F), ("Beng", 0x0980, 0x09FF), ("Guru", 0x0A00, 0x0A7F),
    ("Gujr", 0x0A80, 0x0AFF), ("Taml", 0x0B80, 0x0BFF), ("Telu", 0x0C00, 0x0C7F),
    ("Knda", 0x0C80, 0x0CFF), ("Mlym", 0x0D00, 0x0D7F), ("Sinh", 0x0D80, 0x0DFF),
    ("Thai", 0x0E00, 0x0E7F), ("Laoo", 0x0E80, 0x0EFF), ("Mymr", 0x1000, 0x109F),
    ("Geor", 0x10A0, 0x10FF), ("Hang", 0x1100, 0x11FF), ("Ethi", 0x1200, 0x139F),
    ("Khmr", 0x1780, 0x17FF), ("Latn", 0x1E00, 0x1EFF), ("Ethi", 0x2D80, 0x2DDF),
    ("Jpan", 0x3040, 0x30FF), ("Hans", 0x3400, 0x9FFF), ("Hang", 0xAC00, 0xD7AF),
    ("Arab", 0xFB50, 0xFDFF), ("Arab", 0xFE70, 0xFEFF), ("Latn", 0xFF21, 0xFF5A),
)  # fmt: skip

# The languages that are told apart, by script: those of the world's health services. Rarer ones
# would be guessed more often wrongly than rightly on a page with reading errors.
LANGUAGES: dict[str, tuple[str, ...]] = {
    "Latn": ("en", "es", "fr", "pt", "de", "it", "nl", "tr", "pl", "ro", "cs", "sk", "hu", "sv",
             "da", "nb", "fi", "hr", "sl", "sq", "lt", "lv", "et", "ca", "vi", "id", "tl", "sw",
             "az", "uz", "ht", "so"),
    "Cyrl": ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg"),
    "Arab": ("ar", "fa", "ur", "ps", "ku"), "Hebr": ("he",), "Grek": ("el",), "Armn": ("hy",),
    "Geor": ("ka",), "Deva": ("hi", "ne", "mr"), "Beng": ("bn",), "Guru": ("pa",),
    "Gujr": ("gu",), "Taml": ("ta",), "Telu": ("te",), "Knda": ("kn",), "Mlym": ("ml",),
    "Sinh": ("si",), "Thai": ("th",), "Laoo": ("lo",), "Mymr": ("my",), "Khmr": ("km",),
    "Ethi": ("am", "ti"), "Hans": ("zh",), "Jpan": ("ja",), "Hang": ("ko",),
}  # fmt: skip

# Tesseract's names of languages are those of ISO 639-2 (T), but for Chinese.
_MODELS = {
    "en": "eng", "es": "spa", "fr": "fra", "pt": "por", "de": "deu", "it": "ita", "nl": "nld",
    "tr": "tur", "pl": "pol", "ro": "ron", "cs": "ces", "sk": "slk", "hu": "hun", "sv": "swe",
    "da": "dan", "nb": "nor", "fi": "fin", "hr": "hrv", "sl": "slv", "sq": "sqi", "lt": "lit",
    "lv": "lav", "et": "est", "ca": "cat", "vi": "vie", "id": "ind", "tl": "fil", "sw": "swa",
    "az": "aze", "uz": "uzb", "ht": "hat", "ru": "rus", "uk": "ukr", "bg": "bul", "sr": "srp",
    "mk": "mkd", "be": "bel", "kk": "kaz", "ky": "kir", "mn": "mon", "tg": "tgk", "ar": "ara",
    "fa": "fas", "ur": "urd", "ps": "pus", "ku": "kmr", "he": "heb", "el": "ell", "hy": "hye",
    "ka": "kat", "hi": "hin", "ne": "nep", "mr": "mar", "bn": "ben", "pa": "pan", "gu": "guj",
    "ta": "tam", "te": "tel", "kn": "kan", "ml": "mal", "si": "sin", "th": "tha", "lo": "lao",
    "my": "mya", "km": "khm", "am": "amh", "ti": "tir", "zh": "chi_sim", "ja": "jpn", "ko": "kor",
}  # fmt: skip

# One model for each script, in the order in which they are tried on a page that nobody knows.
FIRST = ("eng", "ara", "rus", "hin", "chi_sim", "amh", "heb", "tha", "ben", "ell", "jpn", "kor",
         "kat", "hye", "tam", "tel", "mya", "khm")  # fmt: skip
JOINED = frozenset({"Arab", "Deva", "Beng", "Guru"})  # letters hang together: a word is one shape


def model_of(language: str) -> str:
    """Return the engine's name of a language; "" when it has none."""
    return _MODELS.get(language.lower().partition("-")[0], "")


def readable(models: frozenset[str]) -> dict[str, list[str]]:
    """Return the scripts, each with its languages, that these models of the engine read."""
    found = {
        script: [each for each in languages if _MODELS.get(each) in models]
        for script, languages in LANGUAGES.items()
    }
    return {script: languages for script, languages in found.items() if languages}


@cache
def script_of(char: str) -> str:
    """Return the script of a letter; "" for what is none, or of none of these."""
    if unicodedata.category(char)[0] not in "LM":
        return ""
    code = ord(char)
    return next((name for name, first, last in _BLOCKS if first <= code <= last), "")


def shares(text: str) -> dict[str, float]:
    """Return the shares of a text's letters by script, the largest first."""
    counted = Counter(filter(None, map(script_of, text)))
    if counted["Jpan"]:  # Japanese is written in Chinese characters too
        counted["Jpan"] += counted.pop("Hans", 0)
    total = sum(counted.values())
    return {name: count / total for name, count in counted.most_common()} if total else {}
