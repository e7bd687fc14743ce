"""The sections as the page shows them: names, what a change means for whom, forms."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from secondopinion.core.languages import enumerated
from secondopinion.program.models import (
    ChecklistTemplate,
    DeclineKind,
    DeliveryMode,
    Price,
    Residence,
    Target,
    Urgency,
)
from secondopinion.program.queries import DEFAULT_REPORT, conditions, in_language, specialties
from secondopinion.web.admin import condition_forms, family_forms, forms, report_forms


@dataclass(frozen=True, slots=True)
class Part:
    """A section on the page; `rows` says that it is a list, `added_only` that none goes, `fixed`
    that none is added either."""

    key: str
    title: str | Promise
    meaning: str | Promise
    form: type[forms.SettingsForm]
    rows: bool = False
    added_only: bool = False
    fixed: bool = False  # each row is there for good: none is added, none goes


PARTS = {
    part.key: part
    for part in (
        Part(
            "identity",
            _("Names and contact"),
            _("They stand on every page and in every mail and report from now on. What was signed "
              "or sent before stays as it is."),
            forms.IdentityForm,
        ),
        Part(
            "look",
            _("Colours"),
            _("Every page has them at once; a browser may keep the former ones for an hour."),
            forms.LookForm,
        ),
        Part(
            "languages",
            _("Languages offered"),
            _("Pages are offered in these. Whoever chose another one reads the first of them."),
            forms.LanguagesForm,
        ),
        Part(
            "hours",
            _("Working hours and closures"),
            _("Clocks count by these from now on, in every case. A time that was promised stays "
              "until the case takes its next step."),
            forms.HoursForm,
        ),
        Part(
            "targets",
            _("Targets, in business days"),
            _("They hold for every step that begins from now on. A time that was promised stays."),
            forms.TargetsForm,
        ),
        Part(
            "paces",
            _("Targets by kind and urgency"),
            _("They hold instead of the general ones, for such cases. A time that was promised "
              "stays until the case takes its next step, or its urgency is changed."),
            family_forms.PaceForm,
            rows=True,
        ),
        Part(
            "terms",
            _("Price and periods"),
            _("A fee that was charged stays as it is. Reports that were delivered keep their last "
              "day for questions. Drafts expire by the new number of days."),
            forms.TermsForm,
        ),
        Part(
            "second",
            _("Second reader"),
            _("Reports that are not signed yet follow the new rule."),
            forms.SecondForm,
        ),
        Part(
            "matching",
            _("Choosing experts"),
            _("Suggestions are ranked by these points at once. Offers that were made keep their "
              "time."),
            forms.MatchingForm,
        ),
        Part(
            "specialties",
            _("Fields of medicine"),
            _("Families choose among these when they begin. A field that something belongs to "
              "cannot be taken away."),
            forms.SpecialtyForm,
            rows=True,
        ),
        Part(
            "rules",
            _("Who may receive the opinion"),
            _("Cases accepted before keep their rule. Requests that are still to be accepted "
              "follow the new one."),
            forms.RuleForm,
            rows=True,
        ),
        Part(
            "guardians",
            _("Who decides for a child"),
            _("Cases that no specialist has yet follow the new rule at once. Nobody loses access "
              "earlier than two weeks after a mail."),
            family_forms.GuardianRuleForm,
            rows=True,
        ),
        Part(
            "prices",
            _("Price list"),
            _("Families see the price of their country before they begin. A fee that was charged "
              "stays. Where there is no row, the price of a case holds."),
            family_forms.PriceForm,
            rows=True,
        ),
        Part(
            "conditions",
            _("Groups of conditions"),
            _("A coordinator chooses one for a case; what it calls for joins the checklist then. "
              "Cases that have theirs keep it."),
            condition_forms.ConditionForm,
            rows=True,
        ),
        Part(
            "checklists",
            _("Checklists"),
            _("Requests sent from now on have the new list. Cases that were sent keep theirs."),
            condition_forms.ChecklistForm,
            rows=True,
        ),
        Part(
            "reports",
            _("Sections of reports"),
            _("Reports that are begun from now on are written in these sections. A report that was "
              "begun keeps the version that it began with, and names it when it is signed."),
            report_forms.ReportForm,
            rows=True,
        ),
        Part(
            "templates",
            _("Messages of the desk"),
            _("Coordinators choose among these at once. What was sent stays. {item} is filled in "
              "with what is asked for."),
            forms.TemplateForm,
            rows=True,
        ),
        Part(
            "letters",
            _("Letters that decline a request"),
            _("A coordinator sees the letter in the family’s language before it is sent, and can "
              "change it. Letters that were sent stay. These can be filled in: {child} "
              "{reference} {hospital} {phone} {reason} {emergency_number}"),
            forms.LetterForm,
            rows=True,
            fixed=True,
        ),
        Part(
            "glossary",
            _("Glossary of translations"),
            _("Translators see these words beside the lines where they stand, and are told where a "
              "translation has others. What was handed over stays."),
            forms.GlossaryForm,
            rows=True,
        ),
        Part(
            "disclaimers",
            _("Disclaimer"),
            _("A version is never changed: who accepted one keeps it. A new version is asked of "
              "whoever agrees from its first day on."),
            forms.DisclaimerForm,
            rows=True,
            added_only=True,
        ),
    )
}  # fmt: skip
LOGO = _("Logo")


def title_of(key: str) -> str:
    """Return the name of a section."""
    return str(PARTS[key].title) if key in PARTS else str(LOGO)


def line(key: str, row: dict[str, Any]) -> list[str]:
    """Return what a list shows of a row of a section, from its name on."""
    field = _specialty(row.get("specialty", "")) if "specialty" in row else ""
    if key == "rules":
        place, checked = _place(row), _checked(row)
        if row["residence"]:
            place = f"{place} ({Residence(row['residence']).label})"
        return [f"{place} · {field}", str(DeliveryMode(row["mode"]).label), checked]
    if key in {"guardians", "prices", "paces"}:
        return _by_place_or_kind(key, row)
    if key == "checklists":
        kind = str(ChecklistTemplate.Kind(row["kind"]).label)
        needed = gettext("needed") if row["required"] else gettext("good to have")
        of = _condition(row["condition"]) if row["condition"] else field
        return [in_language(row["labels"]), of, kind, needed, age_of(row["months"])]
    if key == "conditions":
        return [in_language(row["names"]), field, row["source"], row["checked_on"]]
    if key == "glossary":
        kept = row["translation"] or gettext("is not translated")
        return [row["term"], kept, f"{row['source']}\u00a0\u2060–\u2060\u00a0{row['target']}"]
    return _worded(key, row)


def _place(row: dict[str, Any]) -> str:
    return dict(countries).get(row["country"], "") or gettext("Every other country")


def _checked(row: dict[str, Any]) -> str:
    return row["checked_on"] + (f" · {row['checked_by']}" if row["checked_by"] else "")


def _by_place_or_kind(key: str, row: dict[str, Any]) -> list[str]:
    if key == "prices":
        kind = str(Price.Kind(row["kind"]).label)
        return [f"{_place(row)} · {kind}", f"{row['amount']}\u00a0{row['currency']}"]
    if key == "paces":
        words = [
            dict(Price.Kind.choices).get(row["kind"], gettext("Every kind of case")),
            dict(Urgency.choices).get(row["urgency"], gettext("However urgent")),
        ]
        days = gettext("%(days)s business days") % {"days": row["days"]}
        return [str(Target.Step(row["step"]).label), *map(str, words), days]
    both = gettext("both parents agree") if row["both_parents"] else gettext("one parent agrees")
    ages = gettext("asked from %(asked)s, of age at %(adult)s") % {
        "asked": row["assent_from"], "adult": row["adult_from"],
    }  # fmt: skip
    return [_place(row), both, ages, _checked(row)]


def _worded(key: str, row: dict[str, Any]) -> list[str]:
    if key == "specialties":
        return [in_language(row["names"]), row["key"]]
    if key == "reports":
        version = gettext("version %(version)s") % {"version": row["version"]}
        whose = [_condition(each) for each in row["conditions"]]
        whose += [_specialty(each) for each in row["specialties"]]
        if not whose:
            whose = [
                gettext("every other case") if row["key"] == DEFAULT_REPORT
                else gettext("where its author chooses it")
            ]  # fmt: skip
        titles = enumerated(in_language(each["titles"]) for each in row["sections"])
        return [in_language(row["names"]), version, enumerated(whose), titles]
    if key == "letters":
        return [str(DeclineKind(row["kind"]).label), in_language(row["bodies"])]
    if key == "templates":
        return [in_language(row["titles"]), in_language(row["bodies"])]
    return [row["version"], row["in_force_from"], enumerated(row["text"])]


def _specialty(key: str) -> str:
    if not key:
        return gettext("Every field")
    return next((in_language(row.names) for row in specialties() if row.key == key), key)


def _condition(key: str) -> str:
    return next((in_language(row.names) for row in conditions() if row.key == key), key)


def age_of(months: int) -> str:
    """Return how old something may be, in words; "" where it does not matter."""
    if not months:
        return ""
    words = ngettext("at most %(months)s month old", "at most %(months)s months old", months)
    return words % {"months": months}


def shown(key: str, value: Any) -> list[tuple[str, str]]:
    """Return a section's value as names and words, for the overview and the list of changes."""
    if isinstance(value, list):
        return [("", " · ".join(each for each in line(key, row) if each)) for row in value]
    labels = {name: field.label for name, field in _labels(key).items()}
    return [
        (str(labels.get(name, name)), _words(name, each))
        for name, each in _flat(value)
        if each not in ("", [])
    ]


def _labels(key: str) -> dict[str, Any]:
    return PARTS[key].form().fields if key in PARTS else {}


def _flat(value: dict[str, Any]) -> list[tuple[str, Any]]:
    made = []
    for name, each in value.items():
        if isinstance(each, dict):
            made += [(f"{name}-{code}", words) for code, words in each.items()]
        else:
            made.append((name, each))
    return made


def _words(name: str, value: Any) -> str:
    known: dict[Any, Any] = dict([*settings.LANGUAGES, *forms.DAYS])
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if name == "second_conditions":
        return enumerated(map(_condition, value))
    if isinstance(value, list):
        return enumerated(
            "–".join(dict.fromkeys(each)) if isinstance(each, list) else str(known.get(each, each))
            for each in value
        )
    return str(dict(countries).get(value, value) if name == "country" else value)


def difference(key: str, before: Any, after: Any) -> tuple[list[Any], list[Any]]:
    """Return what a change took away and what it put there, as names and words."""
    old, new = shown(key, before), shown(key, after)
    return [each for each in old if each not in new], [each for each in new if each not in old]
