"""What a simulated year draws, with its sources, and how its results are written down."""

import os
import platform
from datetime import UTC, datetime
from typing import Any

WAYS = ("first come", "least loaded", "matching", "optimiser")
_MSF = (
    "first answers of the MSF tele-expertise system 2010–2014: median 5.3 h, quartiles 1.8 and "
    "16.4 (Bonnardot et al., Front. Public Health 2014;2:126); 5 h in 2017 (Seven years of "
    "telemedicine in Médecins Sans Frontières, doi 10.7189/jogh.08.020414)"
)
DRAWN = (
    (
        "a keen expert answers",
        "lognormal around a median of 5.3 h by person (half of the experts)",
        _MSF,
    ),
    (
        "another expert answers",
        "lognormal around a median of 40 h by person",
        "drawn so that about 70 % of all answer within 72 h, as in the Swinfen network, whose "
        "others were sent to somebody else (doi 10.1258/135763303322596309; figure as the issue "
        "has it, the paper was not read again)",
    ),
    (
        "a ready case waits for its coordinator",
        "rounds every two business hours",
        "assumption, on the slow side: allocation fell from 0.9 to 0.2 h at MSF "
        "(doi 10.7189/jogh.08.020414)",
    ),
    (
        "images are asked for again",
        "22 % of cases",
        "the issue's figure; 13.5 % of 1,641 disks could not be loaded at M. D. Anderson "
        "2004–2005 (McEnery et al., SCAR, told by Diagnostic Imaging), and only 60 % of those "
        "asked found 75 % or more of outside media readable (Kalia et al., JACR, January 2011, as "
        "told by eMix)",
    ),
    (
        "records that are missing arrive",
        "lognormal, median 5 days",
        "the issue's figure; no published source was found for it here",
    ),
    ("a family gives up while asked", "4 %", "assumption"),
    (
        "an expert accepts",
        "45–95 % by person, more for what they know, less when busy",
        "assumption",
    ),
    ("a report takes", "lognormal, median 3–9 days by person", "assumption"),
    ("months", "0.75 to 1.2 of the mean", "assumption"),
)


def told(years: list[dict[str, Any]], additions: list[float]) -> str:
    """Return the results as they are written down, the main figures on the last line.

    `additions`: seconds that 20 million additions took before and behind, to know the machine by.
    """
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
        "## Forecasts",
        "",
        "Of the forecasts whose day had come: the share that was said, and the share that came "
        "true; in the whole year, and of those made in its last half, when there was a past.",
        "",
        "| Way to choose | "
        + " | ".join(f"{share:.0%} said" for share, *_n in years[0]["told"][0])
        + " | Forecasts |",
        "| --- " + "| ---: " * (len(years[0]["told"][0]) + 1) + "|",
        *(_calibration(way, year) for way, year in zip(WAYS, years, strict=True)),
        "",
        "## What is drawn",
        "",
        "| What is drawn | How | From |",
        "| --- | --- | --- |",
        *(f"| {what} | {how} | {source} |" for what, how, source in DRAWN),
        "",
        "Twenty million additions in Python took "
        + " and ".join(f"{each:.2f}" for each in additions)
        + " s before and behind.",
        "",
        f"Main figure: {events:,} case-events, {events / wall:.0f} a second by the wall, "
        f"{events / cpu:.0f} a second of the processor (300 wanted); matching takes "
        f"{min(less[WAYS[2], each] for each in WAYS[:2]):.0f} % less time from ready to accepted "
        f"and the optimiser {min(less[WAYS[3], each] for each in WAYS[:2]):.0f} % (25 wanted); "
        f"{sum(year['over'] for year in years)} experts over capacity.",
    ]
    return "\n".join(lines)


def _calibration(way: str, year: dict[str, Any]) -> str:
    whole, half = year["told"]
    cells = [
        f"{true / told:.0%} ({later / since:.0%})"
        for (_share, told, true), (_same, since, later) in zip(whole, half, strict=True)
    ]
    return f"| {way} | " + " | ".join(cells) + f" | {whole[-1][1]} ({half[-1][1]}) |"
