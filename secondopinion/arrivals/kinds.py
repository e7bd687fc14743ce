"""What a file is, told by its first bytes; its name is not believed."""

HEAD = 4096  # bytes that are looked at

DICOM, ZIP, IGNORED, EXECUTABLE, EMPTY, UNKNOWN = (
    "dicom", "zip", "ignored", "executable", "empty", "unknown",
)  # fmt: skip

_LITTER = {"thumbs.db", ".ds_store", "desktop.ini", "autorun.inf", "dicomdir", "lockfile"}
_VIEWER_ENDINGS = (".dll", ".ocx", ".cab", ".msi", ".ini", ".css", ".js", ".ico", ".chm", ".jar")
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
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
    if kind == EXECUTABLE and on_disc:
        return IGNORED
    if kind:
        return kind
    if on_disc and name.lower().endswith(_VIEWER_ENDINGS):
        return IGNORED
    return "text/plain" if _is_text(head) else UNKNOWN


def _by_magic(head: bytes) -> str:
    if head[128:132] == b"DICM":
        return DICOM
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/heic"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")


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
