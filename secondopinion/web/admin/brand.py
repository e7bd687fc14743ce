"""The hospital's colours and logo, as files of their own: no style stands in a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static

from secondopinion.core import colours, vault
from secondopinion.core.colours import BLACK, WHITE, mixed
from secondopinion.program import queries as program
from secondopinion.web.access import public

HOUR = "public, max-age=3600"


def _block(action: str, hover: str, mark: str) -> str:
    return f":root{{--action:{action};--action-hover:{hover};--mark:{mark}}}"


@public
def style(request: HttpRequest) -> HttpResponse:
    """Return the hospital's two colours as custom properties, for light and dark."""
    action, mark = program.program().action_colour, program.program().mark_colour
    light = _block(action, mixed(action, BLACK, 0.3), mark)
    dark = colours.for_dark(action)
    dim = _block(dark, mixed(dark, WHITE, 0.4), colours.for_dark(mark))
    return HttpResponse(
        f"{light}\n@media screen and (prefers-color-scheme:dark){{{dim}}}\n",
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": HOUR},
    )


@public
def logo(request: HttpRequest) -> HttpResponse:
    """Return the hospital's logo, or the mark of the house where there is none."""
    found = program.program().logo
    if found is None:
        return redirect(static("house/mark.svg"))
    return HttpResponse(
        vault.read(found), content_type="image/png", headers={"Cache-Control": HOUR}
    )
