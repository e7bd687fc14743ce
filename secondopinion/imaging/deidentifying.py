"""Makes copies without names of many objects, in sandbox children, batch by batch: first everything
is looked at, then copied. Free of Django."""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from secondopinion.imaging import children
from secondopinion.imaging.confidentiality import copying
from secondopinion.imaging.confidentiality.planning import SeriesPlan, plan
from secondopinion.imaging.confidentiality.report import Report

BATCH_FILES, BATCH_BYTES = 100, 32 * 1024**2
SECRET = 32  # bytes

Objects = Iterable[tuple[str, bytes]]
Run = Callable[[Callable[[list[bytes]], list[Any]], list[bytes]], list[Any]]  # as `children.each`


def _in_children(function: Callable[[list[bytes]], list[Any]], files: list[bytes]) -> list[Any]:
    return children.each(function, files)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a copy is wanted; see `confidentiality.attributes.Options`. `captures`: screenshots and
    scanned pages too."""

    shift: bool = False
    characteristics: bool = False
    scaling: bool = False
    captures: bool = False
    subject: str = ""
    names: tuple[str, ...] = ()
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(SECRET))

    def said(self) -> dict[str, bool]:
        """Return what the report says of it."""
        return {"dates_shifted": self.shift, "characteristics_kept": self.characteristics,
                "scaling_kept": self.scaling, "captures": self.captures}  # fmt: skip

    def options(self) -> dict[str, Any]:
        """Return what the sandbox needs."""
        return {"secret": self.secret.hex(), "subject": self.subject, "shift": self.shift,
                "characteristics": self.characteristics, "scaling": self.scaling,
                "names": list(self.names)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in all objects: the series that can be copied, and what cannot, by reason."""

    series: list[SeriesPlan]
    left_out: dict[str, str]

    @property
    def faces(self) -> list[SeriesPlan]:
        """Return the series of which a face could be made."""
        return [each for each in self.series if each.face]


def look(
    objects: Objects, progress: Callable[[int], None] = lambda _count: None,
    run: Run = _in_children,
) -> Seen:  # fmt: skip
    """Look at every object, each under a key of its own."""
    looks: dict[str, dict[str, Any]] = {}
    for batch in _batches(objects):
        answers = run(copying.look_all, [data for _key, data in batch])
        looks |= {key: _told(answer) for (key, _data), answer in zip(batch, answers, strict=True)}
        progress(len(looks))
    left_out = {key: look["left_out"] for key, look in looks.items() if "left_out" in look}
    return Seen(plan(looks), left_out)


def make(
    objects: Objects, seen: Seen, wish: Wish, report: Report,
    progress: Callable[[int], None] = lambda _count: None, run: Run = _in_children,
) -> Iterator[tuple[str, bytes]]:  # fmt: skip
    """Yield the copies with a path for each, and write into the report what was done.

    `objects` are those that were looked at, under the same keys.
    """
    plans = {key: each for each in seen.series for key in each.looks}
    paths = _Paths()
    count = 0
    for reason in seen.left_out.values():
        report.leave_out(reason)
    wanted = (each for each in objects if each[0] in plans)
    for batch in _batches(wanted):
        going = []
        for key, data in batch:
            if plans[key].capture and not wish.captures:
                report.leave_out("capture")
            else:
                going.append((key, data))
        packed = [
            copying.packed(data, plans[key].masks_of(key), plans[key].face, wish.options())
            for key, data in going
        ]
        for (key, _data), answer in zip(going, run(copying.copy_all, packed), strict=True):
            told = _told(answer)
            if "left_out" in told:
                report.leave_out(told["left_out"])
                continue
            path = paths.of(told)
            report.add(plans[key], told, path if any(plans[key].masks_of(key)) else "")
            yield path, told["data"]
        count += len(batch)
        progress(count)


def written(report: Report) -> bytes:
    """Return the report as it lies beside the copies."""
    return json.dumps(report.as_dict(), indent=1).encode()


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of the sandbox; what brought its child down is left out with the reason."""
    return {"left_out": answer["error"]} if "error" in answer else answer


def _batches(objects: Objects) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    size = 0
    for key, data in objects:
        if batch and (len(batch) >= BATCH_FILES or size + len(data) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((key, data))
        size += len(data)
    if batch:
        yield batch


class _Paths:
    """Names of files by the order in which studies, series and objects came."""

    def __init__(self) -> None:
        self.studies: dict[str, dict[str, int]] = {}
        self.counts: dict[str, int] = {}

    def of(self, told: dict[str, Any]) -> str:
        series = self.studies.setdefault(told["study"], {})
        number = series.setdefault(told["series"], len(series) + 1)
        study = list(self.studies).index(told["study"]) + 1
        key = f"STUDY{study:02}/SERIES{number:03}"
        self.counts[key] = self.counts.get(key, 0) + 1
        return f"{key}/IM{self.counts[key]:05}.dcm"
