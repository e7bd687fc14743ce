"""Search in the names of codes while they are typed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from secondopinion.coding.codes import Code, System, reading
from secondopinion.coding.spelling import said, slips, words

MOST_LETTERS = 200
_MOST_WORDS = 8
_CANDIDATES = 150
_MEANT = 6  # words that a slip may have been for
_SLIPS = range(5, 25)  # letters; in shorter words a slip could be anything
_SMALL = frozenset(("a", "an", "and", "for", "from", "in", "of", "on", "or", "the", "to", "with"))
_LAY = "lay"
# Other names of a procedure, in one text with signs between: they are searched with its own name.
INDEX, BETWEEN = "index", "\n"
# What makes a name come later, in letters that it would be longer.
_NOT_FIRST, _APART, _RARE, _OTHER_NAME, _UNFINISHED = 6, 12, 12, 3, 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A code that was found; by which other name, and whether that is a layperson's word."""

    code: Code
    by: str
    lay: bool


def search(systems: Sequence[System], typed: str, limit: int = 12) -> list[Hit]:
    """Return the codes whose names hold every word, the last words perhaps unfinished.

    Words count in any order, without case and accents, in British and American spelling; where
    nothing has all of them, small words do not count, and then one letter may be wrong. Codes are
    found by their beginning. Names that are what was typed come first; rare diseases last, unless
    they begin with it. Else shorter names come first, those that begin with it, and categories
    before their parts.
    """
    wanted = words(typed[:MOST_LETTERS])[:_MOST_WORDS]
    if not wanted or limit < 1:
        return []
    best: list[tuple[tuple[int, ...], int, str, Hit]] = []
    for place, system in enumerate(systems):
        with reading(system.key) as data:
            best += [
                (rank, place, hit.code.code, hit)
                for rank, hit in _found(data, system, typed.strip(), wanted)
            ]
    best.sort(key=lambda each: each[:3])
    return [hit for *_rank, hit in best[:limit]]


def _found(
    data: sqlite3.Connection, system: System, typed: str, wanted: list[str]
) -> list[tuple[tuple[int, ...], Hit]]:
    meant = [said(each) for each in wanted]
    rows = _by_code(data, typed) + _by_words(data, meant)
    large = [each for each in wanted if each not in _SMALL]
    if not rows and 0 < len(large) < len(wanted):
        wanted, meant = large, [said(each) for each in large]
        rows = _by_words(data, meant)
    if not rows and (meant := _meant(data, wanted)):
        rows = _by_words(data, meant)
    kept: dict[str, tuple[tuple[int, ...], Hit]] = {}
    for code, label, text, kind in rows:
        name = words(label if kind == INDEX else text or label)
        by = _called(text or "", name, meant) if kind == INDEX else text or ""
        rank = (0,) if kind == "code" else _rank(system, code, name, meant, by)
        if code not in kept or rank < kept[code][0]:
            hit = Hit(Code(system, code, system.version, label), by, kind == _LAY)
            kept[code] = rank, hit
    return list(kept.values())


def _called(others: str, name: list[str], meant: list[list[str]]) -> str:
    """Return the first of other names with a word that was meant and that a name has not."""
    lost = tuple(
        word
        for each in meant
        for word in each
        if not any(own.startswith(tuple(each)) for own in name)
    )
    return next(
        (
            each for each in others.split(BETWEEN)
            if lost and any(word.startswith(lost) for word in words(each))
        ),
        "",
    )  # fmt: skip


def _rank(
    system: System, code: str, name: list[str], meant: list[list[str]], by: str
) -> tuple[int, ...]:
    """Return how far a name is from what was typed: another, rare, longer, begun otherwise."""
    places = [place for place in range(len(name)) if _stand_at(name, place, meant)]
    begins = 0 in places
    return (
        int(name != [each[0] for each in meant]),
        int(system.rare and not begins),
        sum(map(len, name))
        + (0 if begins else _NOT_FIRST if places else _APART)
        + (_OTHER_NAME if by else 0)
        + (0 if set(meant[-1]) & set(name) else _UNFINISHED)
        + (_RARE if system.rare else 0)
        + (len(code) if system.parts else 0),
    )


def _stand_at(name: list[str], place: int, meant: list[list[str]]) -> bool:
    """Say whether the words that were typed stand together in a name; the last may be begun."""
    there = name[place : place + len(meant)]
    return (
        len(there) == len(meant)
        and all(word in each for word, each in zip(there[:-1], meant, strict=False))
        and there[-1].startswith(tuple(meant[-1]))
    )


_ROW = "SELECT code.code, code.label, term.text, term.kind FROM"


def _by_code(data: sqlite3.Connection, typed: str) -> list[tuple[str, str, str | None, str]]:
    start = typed.upper().removeprefix("ORPHA:")
    if not any(map(str.isdigit, start)) or not start.isascii():
        return []
    found = data.execute(
        "SELECT code, label, NULL, 'code' FROM code WHERE code >= ? AND code < ? LIMIT ?",
        (start, start + "~", _CANDIDATES),
    )
    return found.fetchall()


def _by_words(
    data: sqlite3.Connection, wanted: list[list[str]]
) -> list[tuple[str, str, str | None, str]]:
    """Return names with one word of every list; whole words are looked for before begun ones."""
    rows = []
    for begun in ("", "*"):
        match = " AND ".join(
            "(" + " OR ".join(f'"{word}"{begun}' for word in each) + ")" for each in wanted
        )
        rows += data.execute(
            f"{_ROW} words JOIN term ON term.id = words.rowid JOIN code ON code.id = term.code_id "
            "WHERE words MATCH ? ORDER BY words.rowid LIMIT ?",
            (match, _CANDIDATES),
        ).fetchall()
    return rows


def _meant(data: sqlite3.Connection, wanted: list[str]) -> list[list[str]]:
    """Return for each word what it stands for, itself where names have it; [] where one is lost."""
    found = []
    for word in wanted:
        there = [word] if _begins(data, word) else []
        if not there and len(word) in _SLIPS:
            there = [each for each in dict.fromkeys(slips(word)) if _begins(data, each)][:_MEANT]
        if not there:
            return []
        found.append(there)
    return found


def _begins(data: sqlite3.Connection, start: str) -> bool:
    """Say whether a word of the names begins so."""
    query = "SELECT 1 FROM word WHERE text >= ? AND text < ? LIMIT 1"
    return data.execute(query, (start, start + "~")).fetchone() is not None
