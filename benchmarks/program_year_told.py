"""What a simulated year draws, with its sources, and how its results are written down."""

import os
import platform
from datetime import UTC, datetime
from typing import Any

WAYS = ("first come", "least loaded", "matching", "optimiser")
DRAWN = (
    (
        "a keen expert answers",
        "lognormal around a median of 5.3 h by person (half of the experts)",
        "first answers of the MSF tele-expertise system 2010–2014: median 5.3 h, quartiles 1.8 and "
        "16.4 (Bonnardot et al., Front. Public Health 2014); "
        "5 h by 2017 (doi 10.7189/jogh.08.020414)",
    ),
    (
        "another expert answers",
        "lognormal around a median of 40 h by person",
        "drawn so that about 70 % of all answer within 72 h, as in the Swinfen network, whose "
        "others were sent to somebody else (doi 10.1258/135763303322596309)",
    ),
    (
        "a ready case waits for its coordinator",
        "rounds every two business hours",
        "assumption; allocation took a median of 0.2 h at MSF and 0.2 days at Swinfen "
        "(both as above)",
    ),
    (
        "images are asked for again",
        "22 % of cases",
        "assumption after reports that so many imaging disks fail to import; source not read again",
    ),
    ("records that are missing arrive", "lognormal, median 5 days", "assumption"),
    ("a family gives up while asked", "4 %", "assumption"),
    (
        "an expert accepts",
        "45–95 % by person, more for what they know, less when busy",
        "assumption",
    ),
    ("a report takes", "lognormal, median 3–9 days by person", "assumption"),
    ("months", "0.75 to 1.2 of the mean", "assumption"),
)


def told(years: list[dict[str, Any]]) -> str:
    """Return the results as they are written down."""
    lines = [
        "# A program's year",
        "",
        f"{platform.platform()}, {os.cpu_count()} cores shared with others, Python "
        f"{platform.python_version()}, SQLite; {datetime.now(UTC):%Y-%m-%d}. Made by "
        "`python benchmarks/program_year.py`.",
        "",
        "Every step is a real action with its rules, clocks, audit and mails; a day is one "
        "transaction, files are not sent, and reports are signed without typesetting. Offers "
        "do not move on by "
        "themselves here, so that only the choice differs.",
        "",
        "| Way to choose | Cases | Offers | Ready to accepted, mean h | median h | 90th h | "
        "Sent to report, median d | 90th d | Late: expert | Late: report | Over capacity | "
        "Uneven load |",
        "| --- " + "| ---: " * 11 + "|",
    ]
    lines += [
        f"| {way} | {y['cases']} | {y['offers']} | {y['mean']:.1f} | {y['median']:.1f} | "
        f"{y['p90']:.1f} | {y['days']:.1f} | {y['days90']:.1f} | {y['late_expert']} | "
        f"{y['late_report']} | "
        f"{y['over']} | {y['spread']:.2f} |"
        for way, y in zip(WAYS, years, strict=True)
    ]
    best = {way: year["mean"] for way, year in zip(WAYS, years, strict=True)}
    less = {
        (ours, theirs): 100 * (1 - best[ours] / best[theirs])
        for ours in WAYS[2:] for theirs in WAYS[:2]
    }  # fmt: skip
    events, wall, cpu = (sum(year[name] for year in years) for name in ("events", "wall", "cpu"))
    lines += [
        "",
        "Uneven load is the standard deviation of accepted cases per place, by its mean.",
        "",
        "Less time from ready to accepted: "
        + "; ".join(
            f"{ours} against {theirs} {share:.0f} %" for (ours, theirs), share in less.items()
        )
        + ".",
        "",
        f"Case-events: {events:,}, {events / wall:.0f} a second by the wall, "
        f"{events / cpu:.0f} a second "
        "of the processor.",
        "",
        "| What is drawn | How | From |",
        "| --- | --- | --- |",
        *(f"| {what} | {how} | {source} |" for what, how, source in DRAWN),
    ]
    return "\n".join(lines)
