"""STOW-RS (PS3.18, section 10.5): objects taken in as they stream, each with its answer."""

import errno
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from secondopinion.core import vault
from secondopinion.imaging import walk
from secondopinion.imaging.actions import UNREADABLE, Pushed, take_in_pushed
from secondopinion.imaging.indexing import CONFLICT, DUPLICATE
from secondopinion.interop.access import Caller
from secondopinion.interop.multipart import Malformed, Parser, Part, content_type

_DICOM = "application/dicom"
_SIGNED = 132  # bytes from the beginning of an object to the end of its "DICM"
_MOST_PARTS = 20_000
_DIRECTORY = "1.2.840.10008.1.3.10"  # Media Storage Directory Storage
# Reasons of failure (PS3.18, Annex I; PS3.3, C.12.1.1): what could not be understood, another
# study's object, a class that is not stored here.
_NOT_UNDERSTOOD, _OTHER_STUDY, _NOT_STORED_HERE = 0xC000, 0xA900, 0x0122
_KEPT_ASIDE = 0xB000  # a warning: kept, but not as the object of this number


class Rejected(Exception):
    """The whole request is refused with a status of HTTP."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(slots=True)
class _Answer:
    """What is said of one part; `pushed` is an object whose outcome is known at the end."""

    number: int
    reason: int = 0
    comment: str = ""
    sop_class: str = ""
    instance: str = ""
    pushed: Pushed | None = None


class Store:
    """One request that stores. Feed it pieces of the body, then finish or abandon it."""

    def __init__(self, caller: Caller, content: str, study: str, base: str) -> None:
        self.caller, self.study, self.base = caller, study, base
        self.source = caller.source
        kind, parameters = content_type(content)
        inner = parameters.get("type", _DICOM).lower()
        if kind == _DICOM:
            self._parser = None
        elif kind == "multipart/related" and inner == _DICOM:
            try:
                self._parser = Parser(parameters.get("boundary", ""))
            except Malformed:
                raise Rejected(400, "The boundary is missing.") from None
        else:
            raise Rejected(415, "Send multipart/related with parts of application/dicom.")
        self._answers: list[_Answer] = []
        self._writer: vault.Writer | None = None
        self._head = walk.Beginning()
        self._begun = b""  # of an object, too little to tell what it is
        self._size = 0
        if self._parser is None:
            self._begin(Part(b"Content-Type: application/dicom"))

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the body in.

        Raises:
            Rejected: the body is not what was announced, or larger than is taken.
            OSError: the disk did not take it.
        """
        self._size += len(piece)
        if self._size > settings.UPLOAD_MAX_BYTES:
            raise Rejected(413, "This is larger than is taken here.")
        if self._parser is None:
            self._data(piece)
            return
        try:
            for event in self._parser.feed(piece):
                if isinstance(event, Part):
                    self._begin(event)
                elif event is None:
                    self._end()
                else:
                    self._data(event)
        except Malformed:
            raise Rejected(400, "This is no multipart body.") from None

    def finish(self) -> tuple[int, dict[str, Any]]:
        """Keep and index everything; return the status and the answer (DICOM JSON).

        Raises:
            Rejected: the body was cut off, or there was nothing in it.
        """
        if self._parser is None:
            self._end()
        else:
            try:
                self._parser.close()
            except Malformed:
                raise Rejected(400, "The body was cut off. Nothing was stored.") from None
        if not self._answers:
            raise Rejected(400, "There is nothing in this request.")
        pushed = [each.pushed for each in self._answers if each.pushed]
        try:
            if pushed:
                take_in_pushed(
                    case=self.caller.case, by=self.caller.person, pushed=pushed, source=self.source
                )
        finally:
            self.abandon()
        return self._told()

    def abandon(self) -> None:
        """Remove what was written and is not kept."""
        if self._writer is not None:
            self._writer.forget()
            self._writer = None
        for each in self._answers:
            if each.pushed is not None:
                each.pushed.writer.forget()

    def _begin(self, part: Part) -> None:
        if len(self._answers) >= _MOST_PARTS:
            raise Rejected(413, "There are too many parts in this request.")
        self._answers.append(_Answer(len(self._answers) + 1))
        self._head, self._begun = walk.Beginning(), b""
        if part.type not in {_DICOM, "application/octet-stream"}:
            self._answers[-1].reason = _NOT_UNDERSTOOD
            self._answers[-1].comment = "not a DICOM part"

    def _data(self, piece: bytes | memoryview) -> None:
        answer = self._answers[-1]
        if answer.reason:
            return  # the rest of a part that is refused is passed over
        if self._writer is None:
            if self._begun or len(piece) < _SIGNED:
                piece = self._begun = self._begun + piece
            if len(piece) < _SIGNED:
                return
            if piece[_SIGNED - 4 : _SIGNED] != b"DICM":
                answer.reason, answer.comment = _NOT_UNDERSTOOD, "not a DICOM object"
                return
            self._writer = vault.Writer(self.caller.case.vault)
        self._head.add(piece)
        self._writer.write(piece)

    def _end(self) -> None:
        answer, writer, self._writer = self._answers[-1], self._writer, None
        if writer is None:
            if not answer.reason:
                answer.reason, answer.comment = _NOT_UNDERSTOOD, "not a DICOM object"
            return
        writer.finish()
        try:
            head = self._head.walk(writer.length)
        except walk.NotUnderstood:
            head = None
            answer.sop_class, answer.instance = self._head.named()
        if head is not None:
            answer.sop_class, answer.instance = head["sop_class"], head["instance"]
        if answer.sop_class == _DIRECTORY:
            answer.reason, answer.comment = _NOT_STORED_HERE, "a directory of a disc is not stored"
        elif head is not None and self.study and head["study"] != self.study:
            answer.reason, answer.comment = _OTHER_STUDY, "of another study than the address"
        if answer.reason:
            writer.forget()
            return
        answer.pushed = Pushed(writer, head)

    def _told(self) -> tuple[int, dict[str, Any]]:
        stored: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        others: list[dict[str, Any]] = []
        for each in self._answers:
            if each.pushed is not None:
                head = each.pushed.head or {}
                if each.pushed.outcome == UNREADABLE:
                    each.reason, each.comment = _NOT_UNDERSTOOD, "damaged"
                else:
                    each.sop_class, each.instance = head["sop_class"], head["instance"]
                    stored.append(self._stored(each, head))
                    continue
            (failed if each.instance else others).append(_failed(each))
        answer: dict[str, Any] = {
            "00081190": {"vr": "UR", "Value": [f"{self.base}/studies/{self.study}".rstrip("/")]}
        }
        for tag, items in (("00081199", stored), ("00081198", failed), ("0008119A", others)):
            if items:
                answer[tag] = {"vr": "SQ", "Value": items}
        if not stored:
            return 409, answer
        warned = any("00081196" in each for each in stored)
        return (202 if failed or others or warned else 200), answer

    def _stored(self, each: _Answer, head: dict[str, Any]) -> dict[str, Any]:
        url = (
            f"{self.base}/studies/{head['study']}/series/{head['series']}"
            f"/instances/{head['instance']}"
        )
        item = _item(each) | {"00081190": {"vr": "UR", "Value": [url]}}
        outcome = each.pushed.outcome if each.pushed else ""
        if outcome == CONFLICT:
            item["00081196"] = {"vr": "US", "Value": [_KEPT_ASIDE]}
            item |= _comment("kept aside: this UID is here with other content")
        elif outcome == DUPLICATE:
            item |= _comment("duplicate: kept once")
        return item


def _item(each: _Answer) -> dict[str, Any]:
    return {
        tag: {"vr": "UI", "Value": [value]}
        for tag, value in (("00081150", each.sop_class), ("00081155", each.instance))
        if value
    }


def _failed(each: _Answer) -> dict[str, Any]:
    return (
        _item(each)
        | {"00081197": {"vr": "US", "Value": [each.reason]}}
        | _comment(f"part {each.number}: {each.comment}")
    )


def _comment(text: str) -> dict[str, Any]:
    return {"00000902": {"vr": "LO", "Value": [text[:64]]}}


def status_of(error: OSError) -> int:
    """Return the status that tells of a disk's error."""
    return 507 if error.errno in {errno.ENOSPC, errno.EDQUOT} else 500
