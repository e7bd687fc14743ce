"""Images from other servers, and what was forwarded to the hospital's: what the page of a case
shows of both."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from secondopinion.cases.models import Case
from secondopinion.core.errors import NotYours, Refused
from secondopinion.pacs import actions, queries, words
from secondopinion.pacs.client import Trouble
from secondopinion.pacs.models import FetchState
from secondopinion.pacs.searching import Wanted
from secondopinion.pacs.servers import forwards_to, server_of, servers
from secondopinion.web.access import PersonRequest
from secondopinion.web.forms import PlainForm


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


class SearchForm(PlainForm):
    """For whom and what a server is searched."""

    server = forms.ChoiceField(label=_("Server"))
    patient_id = forms.CharField(label=_("Patient’s number there"), required=False, max_length=64)
    name = forms.CharField(
        label=_("Patient’s name"), required=False, max_length=200,
        help_text=_("In Latin letters. We search for its longest word, in any place."),
    )  # fmt: skip
    birth_date = _day(_("Date of birth"))
    accession = forms.CharField(label=_("Accession number"), required=False, max_length=64)
    since = _day(_("Study made on this day or later"))
    until = _day(_("Study made on this day or earlier"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = servers()
        field = self.fields["server"]
        field.choices = [(each.name, each.label) for each in known]  # type: ignore[attr-defined]
        if len(known) == 1:
            field.widget = forms.HiddenInput()
            field.initial = known[0].name


def shown(request: PersonRequest, case: Case) -> dict[str, Any]:
    """Return what the page shows; a form that was sent searches, and leaves no trace in the
    address.

    Raises:
        NotYours: no server is set up here.
    """
    known = servers()
    if not known:
        raise NotYours
    labels = {each.name: each.label for each in known}
    fetches = list(queries.fetches(case))
    for each in fetches:
        each.server = labels.get(each.server, each.server)
    target = forwards_to()
    context: dict[str, Any] = {
        "part": "records",
        "servers": known,
        "fetches": fetches,
        "under_way": any(each.state == FetchState.UNDER_WAY for each in fetches),
        "target": target,
    }
    if target is not None:
        found = queries.forwarding(case, target.name)
        context["forwarding"] = found
        context["reasons"] = [
            (outcome, words.say_status(status), f"{status:04X}", count)
            for outcome, status, count in found.reasons
        ]
    return context | _search(request, case)


def _search(request: PersonRequest, case: Case) -> dict[str, Any]:
    child = case.child
    if request.method != "POST":
        first = {"name": child.latin_name or child.full_name, "birth_date": child.birth_date}
        return {"form": SearchForm(initial=first)}
    form = SearchForm(request.POST)
    if not form.is_valid():
        return {"form": form}
    given = dict(form.cleaned_data)
    server = server_of(given.pop("server"))
    try:
        found, more = actions.search(
            by=request.user, case=case, server=server, wanted=Wanted(**given)
        )
    except Trouble as trouble:
        return {"form": form, "trouble": words.say(trouble.code), "chosen": server}
    except Refused as refused:
        form.add_error("name", str(refused.message))
        return {"form": form}
    return {"form": form, "matches": found, "more": more, "searched": True, "chosen": server}
