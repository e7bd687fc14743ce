"""Decides for each series of a copy what is covered and what has to be said, from what was seen."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from secondopinion.imaging.checks.disk import parts_named
from secondopinion.imaging.confidentiality.text import Box

FACE_SLICES = 20  # fewer do not make a face
_VOLUMES = {"CT", "MR", "PT"}
_SAME, _AGAIN = 0.5, 3  # boxes that overlap so far, in so many frames, stand in the whole series
# How sure it is that no text is left, by what was seen (docs/decisions/0014).
SURE_REGIONS, SURE_MASKED, SURE_CLEAN, UNSURE = 0.9, 0.8, 0.95, 0.6

Masks = list[list[tuple[int, ...]]]


def shows_face(modality: str, frames: int, said: str) -> bool:
    """Say whether a face could be made of slices: those of a head, or of nobody says what."""
    parts = parts_named(said)
    return modality in _VOLUMES and frames >= FACE_SLICES and (not parts or "head" in parts)


@dataclass(slots=True)
class SeriesPlan:
    """What was seen in one series. `looks` are the answers of `copying.look_all`, by key."""

    uid: str
    study: str
    modality: str
    number: str
    looks: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: dict[tuple[int, int], list[Box]] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Return the number of frames of all objects."""
        return sum(len(look["text"]) for look in self.looks.values())

    @property
    def face(self) -> bool:
        """Say whether a face could be made of these slices."""
        said = " ".join({look["body"] for look in self.looks.values()})
        return shows_face(self.modality, self.frames, said)

    @property
    def capture(self) -> bool:
        """Say whether these are screenshots or scanned pages."""
        return any(look["capture"] for look in self.looks.values())

    def settle(self) -> None:
        """Find the text that stands at the same place in several frames: it stands in all."""
        by_size: dict[tuple[int, int], list[Box]] = defaultdict(list)
        for look in self.looks.values():
            for frame in look["text"]:
                by_size[tuple(look["size"])] += [Box(*each) for each in frame]
        for size, found in by_size.items():
            counted: Counter[Box] = Counter()
            for box in found:
                like = next((each for each in counted if each.overlap(box) >= _SAME), box)
                counted[like] += 1
            self.again[size] = [box for box, count in counted.items() if count >= _AGAIN]

    def masks_of(self, key: str) -> Masks:
        """Return what is covered in each frame of an object."""
        look = self.looks[key]
        common = self.again.get(tuple(look["size"]), [])
        return [
            [tuple(each) for each in frame] + [box.plain for box in common]
            for frame in look["text"]
        ]

    def said_of_text(self) -> dict[str, Any]:
        """Return how many objects and regions are covered, and how sure it is that none is left."""
        masks = {key: self.masks_of(key) for key in self.looks}
        covered = [key for key, frames in masks.items() if any(frames)]
        looks = list(self.looks.values())
        if all(look["regions"] for look in looks):
            sure = SURE_REGIONS
        elif covered:
            sure = SURE_MASKED
        elif self.modality in _VOLUMES and not self.capture:
            sure = SURE_CLEAN
        else:
            sure = UNSURE
        if any(look["declared"] for look in looks) and not covered:
            sure = 0.0  # the header says that there is some
        return {
            "images": len(covered),
            "regions": sum(len(frame) for frames in masks.values() for frame in frames),
            "certainty": sure,
        }


def plan(looks: dict[str, dict[str, Any]]) -> list[SeriesPlan]:
    """Return the series that answers of `copying.look_all`, by key, belong to."""
    made: dict[tuple[str, str], SeriesPlan] = {}
    for key, look in looks.items():
        if "left_out" in look:
            continue
        where = (look["study"], look["series"])
        if where not in made:
            made[where] = SeriesPlan(look["series"], look["study"], look["modality"],
                                     look["number"])  # fmt: skip
        made[where].looks[key] = look
    for each in made.values():
        each.settle()
    return list(made.values())
