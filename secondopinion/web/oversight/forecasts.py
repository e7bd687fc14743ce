"""How often what families were told of when their report is there came true."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render

from secondopinion.accounts.models import Role
from secondopinion.cases.forecasting import Kept, calibration
from secondopinion.cases.foreseen import Stage
from secondopinion.core import clock
from secondopinion.web.access import PersonRequest, staff

PERIODS = (90, 365)
SIDE = 240  # units of the drawing from none to all
ENOUGH = 20  # forecasts from which on a share says something
NEAR = 0.1  # between what was said and what came true


def _verdict(kept: Kept) -> str:
    if kept.told < ENOUGH:
        return "few"
    if abs(kept.found - kept.share) <= NEAR:
        return "kept"
    return "early" if kept.found > kept.share else "late"


def _points(rows: list[Kept]) -> list[dict[str, float]]:
    return [
        {"x": round(each.share * SIDE, 1), "y": round((1 - each.found) * SIDE, 1)}
        for each in rows if each.told
    ]  # fmt: skip


@staff(Role.DIRECTOR)
def forecasts(request: PersonRequest) -> HttpResponse:
    """Draw the share that was said against the share that came true, and list it by stage."""
    days = request.GET.get("days", "365")
    period = int(days) if days.isdecimal() and int(days) in PERIODS else 365
    found = calibration(clock.now() - timedelta(days=period))
    points, last = _points(found[""]), found[""][-1]
    context = {
        "periods": PERIODS,
        "period": period,
        "side": SIDE,
        "points": points,
        "last": last,
        "found_late": 100 * last.found,
        "aimed_late": 100 * last.share,
        "line": " ".join(f"{each['x']},{each['y']}" for each in points),
        "stages": [
            (
                Stage(stage).label if stage else None,
                [(each, 100 * each.share, 100 * each.found, _verdict(each)) for each in rows],
            )
            for stage, rows in found.items()
            if any(each.told for each in rows)
        ],
    }
    return render(request, "director/forecasts.html", context)
