"""What a file is, told by its first bytes; its name is not believed."""

import re
from collections.abc import Iterable

HEAD = 4096  # bytes that are looked at

DICOM, ZIP, IGNORED, EXECUTABLE, EMPTY, UNKNOWN, OFFICE = (
    "dicom", "zip", "ignored", "executable", "empty", "unknown", "office",
)  # fmt: skip
PDF, TEXT, HTML, RTF, MAIL = (
    "application/pdf", "text/plain", "text/html", "application/rtf", "message/rfc822",
)  # fmt: skip
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"

# Documents and tables of today's Office programs are zips inside, which nobody need know.
_PACKED_ENDINGS = (".docx", ".docm", ".dotx", ".odt", ".ott", ".xlsx", ".ods", ".pptx", ".odp")
_LITTER = {"thumbs.db", ".ds_store", "desktop.ini", "autorun.inf", "dicomdir", "lockfile"}
_VIEWER_ENDINGS = (".dll", ".ocx", ".cab", ".msi", ".ini", ".css", ".js", ".ico", ".chm", ".jar")
_TEXT_ENDINGS = (".txt", ".text", ".csv", ".eml", ".htm", ".html")  # in an older encoding
_CONTROLS = set(range(32)) - set(b"\t\r\n\f\x1b")
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
# The first brand of ISO/IEC 14496-12 files of what phones film; those of sound alone are none.
_VIDEO_BRANDS = re.compile(
    rb"isom|iso[2-9]|mp4[12]|avc1|M4V |M4VP|MSNV|dash|mmp4|f4v |3g[gp2][0-9a-z]|XAVC", re.IGNORECASE
)
QUICKTIME, MP4, WEBM = "video/quicktime", "video/mp4", "video/webm"
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", RTF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),  # Word, Excel and Outlook of before 2007
    (b"PK\x03\x04", ZIP),
    (b"MZ", EXECUTABLE),
    (b"\x7fELF", EXECUTABLE),
    (b"#!", EXECUTABLE),
    (b"\xca\xfe\xba\xbe", EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", EXECUTABLE),
    (b"\xce\xfa\xed\xfe", EXECUTABLE),
)


def litter(name: str) -> bool:
    """Say whether a file is what operating systems and disc viewers leave lying about."""
    parts = name.replace("\\", "/").split("/")
    base = parts[-1].lower()
    return base in _LITTER or base.startswith("._") or "__MACOSX" in parts


# The papers of a viewer or of the makers of a disc, with any ending.
_PAPERS = re.compile(
    r"(?:licen[cs]es?|eula|read[-_. ]?me|lies[-_. ]?mich|lisez[-_. ]?moi|l[eé]ame|leggimi|"
    r"leia[-_. ]?me|change[-_. ]?log|autorun|autostart)(?:[-_. (][\w.() -]*)?|"
    r"(?:copying|notices?)(?:\.\w+)?"
)
# What says that files are those of a disc of images (IHE PDI, PS3.10), and the pages that such a
# disc opens with.
_MARKS = {"dicomdir", "autorun.inf"}
_PAGES = re.compile(r"(?:index|default|start|main|menu|help|hilfe|aide|ayuda|viewer)\.html?")
# Folders of programs: texts, pages and pictures in them are the program's.
_PROGRAMS = re.compile(
    r"(?:(?:dicom|image|cd|pacs)?[-_ ]?viewer|weasis|jre|java|bin|help|plugins?|programs?|"
    r"lang(?:uages?)?|locales?|icons?)(?:[-_.]?\d[\w.]*)?"
)


def of_a_disc(names: Iterable[str]) -> bool:
    """Say whether files are by their names those of a disc of images."""
    bases = (name.replace("\\", "/").rsplit("/", 1)[-1].lower() for name in names)
    return any(base in _MARKS or base.endswith(".dcm") for base in bases)


def of_its_viewer(name: str, kind: str) -> bool:
    """Say whether a file of a disc of images is a part of the viewer on it, by name and kind."""
    *folders, base = name.replace("\\", "/").lower().split("/")
    if kind == HTML and _PAGES.fullmatch(base):
        return True
    return kind in {TEXT, HTML, RTF, "image/png", "image/jpeg"} and any(
        map(_PROGRAMS.fullmatch, folders)
    )


def papers(name: str) -> bool:
    """Say whether a file is by its name a paper of a program, and no medical document."""
    return _PAPERS.fullmatch(name.replace("\\", "/").split("/")[-1].lower()) is not None


def packed(name: str) -> bool:
    """Say whether a file is by its name a document that is a zip inside."""
    return name.lower().endswith(_PACKED_ENDINGS)


def kind_of(name: str, head: bytes, *, on_disc: bool = False) -> str:
    """Return a media type, or one of the words above.

    `head` is the first `HEAD` bytes. `on_disc` says that the file came among others from a disc or
    a folder, where programs and their parts are nothing unusual: they are ignored, not refused.
    """
    if litter(name):
        return IGNORED
    if not head:
        return EMPTY
    kind = _by_magic(head)
    if on_disc and (kind == EXECUTABLE or (kind != DICOM and papers(name))):
        return IGNORED
    if kind:
        return kind
    if on_disc and name.lower().endswith(_VIEWER_ENDINGS):
        return IGNORED
    return _kind_of_text(name.lower(), head)


def _kind_of_text(name: str, head: bytes) -> str:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return TEXT  # UTF-16, by its mark
    if not _is_text(head) and not (name.endswith(_TEXT_ENDINGS) and not _CONTROLS & set(head)):
        return UNKNOWN
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"(?i)<(!doctype html|html|head|body)\b", begin) or (
        begin.startswith(b"<") and name.endswith((".htm", ".html"))
    ):
        return HTML
    return MAIL if _begins_with_heads(begin) else TEXT


def _begins_with_heads(begin: bytes) -> bool:
    """Say whether a text begins with the heads of a mail (RFC 5322, 2.2)."""
    top, gap, _rest = begin.replace(b"\r\n", b"\n").partition(b"\n\n")
    if not gap:  # the heads are longer than what is looked at
        top = top.rpartition(b"\n")[0]
    lines = [line for line in top.split(b"\n") if not line.startswith((b" ", b"\t"))]
    return all(re.match(rb"[!-9;-~]+:", line) for line in lines) and any(
        line.lower().startswith((b"from:", b"received:")) for line in lines
    )


def _by_magic(head: bytes) -> str:
    if head[128:132] == b"DICM" or _begins_with_elements(head):
        return DICOM
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/heic"
    if video := _video(head):
        return video
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")


def _video(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        if head[8:12] == b"qt  ":
            return QUICKTIME
        return MP4 if _VIDEO_BRANDS.fullmatch(head[8:12]) else ""
    if head[4:8] in {b"moov", b"wide", b"mdat"} and not head[0]:  # QuickTime before it had brands
        return QUICKTIME
    return WEBM if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64] else ""


def _begins_with_elements(head: bytes) -> bool:
    """Say whether a file without the 128 bytes and ``DICM`` begins with a data element: groups 2
    or 8 with a low element number, and an explicit or a small implicit length (PS3.5, 7.1)."""
    for order in ("little", "big"):
        group, element = (int.from_bytes(head[at : at + 2], order) for at in (0, 2))
        if len(head) >= 12 and group in {2, 8} and element <= 0x20:
            if head[4:6] in {b"UL", b"UI", b"CS", b"SH", b"DA", b"OB", b"LO"}:
                return True
            if 0 < int.from_bytes(head[4:8], order) <= 64 and order == "little":
                return True
    return False


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        # The head may end in the middle of a character.
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode()
    return not any(ord(char) < 32 and char not in "\t\r\n\f" for char in text)
