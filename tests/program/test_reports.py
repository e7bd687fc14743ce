"""Templates of reports: what is shipped, what is refused, and that a version is never changed."""

from typing import Any

import pytest

from secondopinion.core.errors import Refused
from secondopinion.program import actions
from secondopinion.program.models import Program, ReportTemplate
from secondopinion.program.reports import BASE, as_next_version
from secondopinion.program.sections import SECTIONS


def change(value: Any) -> None:
    """Change the templates as they stand now."""
    revision = Program.objects.get().revision
    actions.change(by=None, section="reports", value=value, revision=revision)


def test_templates_are_refined_version_by_version_and_lose_no_meaning(hospital: Program) -> None:
    rows = SECTIONS["reports"].read()
    assert {row["key"] for row in rows} == {
        "default", "oncology", "cardiology", "neurology", "neurosurgery", "orthopaedics",
        "genetics", "radiology",
    }  # fmt: skip
    for row in rows:
        assert set(BASE) <= {each["key"] for each in row["sections"]}
    place = next(number for number, row in enumerate(rows) if row["key"] == "oncology")
    oncology = rows[place]
    told = oncology["sections"]
    own = next(each for each in told if each["key"] == "stage")
    always = next(each for each in told if each["key"] == "summary")
    answers = next(each for each in told if each["key"] == "answers")

    def without(key: str) -> list[Any]:
        return [each for each in told if each["key"] != key]

    wrong: list[tuple[list[Any], str]] = [
        ([*told, own | {"key": "third", "titles": {"en": "Third", "es": "Tercera"}}],
         "third.titles-ar"),
        ([*told, own], "sections"),
        ([*told, own | {"key": "stage-again"}], "sections"),
        (without("history"), "sections"),
        ([*without("summary"), always | {"required": False}], "summary.required"),
        ([*without("answers"), answers | {"starters": {"en": "Yes:"}}], "answers.starters-en"),
        ([*told, own | {"key": "Stage 2"}], "sections"),
        ([*without("stage"), own | {"code": "18834-3"}], "stage.code"),
        ([*without("stage"), own | {"code": "LP1234-5"}], "stage.code"),
        ([*told, own | {"key": "x" * 31}], "sections"),
        ([*told, *(own | {"key": f"s{n}", "titles": dict.fromkeys(own["titles"], f"T{n}")}
                   for n in range(13))], "sections"),
    ]  # fmt: skip
    for sections, field in wrong:
        with pytest.raises(Refused) as refused:
            change([*rows[:place], oncology | {"sections": sections, "version": 2},
                    *rows[place + 1 :]])  # fmt: skip
        assert refused.value.field == field, sections[-1]["key"]
    for value, field in (
        ([*rows[:place], oncology | {"sections": without("stage")}, *rows[place + 1 :]], "version"),
        ([row for row in rows if row["key"] != "default"], "key"),
        ([*rows, oncology | {"key": "blood"}], "specialties"),
        ([*rows, oncology | {"key": "blood", "specialties": ["magic"]}], "specialties"),
    ):
        with pytest.raises(Refused) as refused:
            change(value)
        assert refused.value.field == field
    assert SECTIONS["reports"].read() == rows

    shorter = as_next_version(oncology | {"sections": without("stage")}, oncology)
    assert shorter["version"] == 2
    change([*rows[:place], shorter, *rows[place + 1 :]])
    elsewhere = as_next_version(shorter | {"specialties": []}, shorter)
    assert elsewhere["version"] == 2, "whose cases it is for is no other version"
    change([*rows[:place], elsewhere, *rows[place + 1 :]])
    kept = ReportTemplate.objects.filter(key="oncology").order_by("version")
    assert [(row.version, row.in_force) for row in kept] == [(1, False), (2, True)]
    assert [each["key"] for each in kept[0].sections] == [each["key"] for each in told]
    number = Program.objects.get().revision
    actions.take_back(by=None, number=number - 1, revision=number)
    assert SECTIONS["reports"].read() == rows
    again = as_next_version(oncology | {"sections": without("board")}, oncology)
    assert again["version"] == 3, "the number of a version that was taken back is not given again"


@pytest.mark.parametrize(
    ("section", "among", "key"),
    [
        ("specialties", "specialties", "heart"),
        ("conditions", "conditions", "development-and-genes"),
    ],
)
def test_what_a_template_is_for_does_not_go_without_a_word(
    hospital: Program, section: str, among: str, key: str
) -> None:
    part = SECTIONS[section]
    fewer = [row for row in part.read() if row["key"] != key]
    with pytest.raises(Refused, match="A template of reports is for this"):
        part.write(part.clean(fewer))
    rows = SECTIONS["reports"].read()
    change([row | {among: [each for each in row[among] if each != key]} for row in rows])
    with pytest.raises(Refused) as refused:  # checklists still hold it, and say so
        part.write(part.clean(fewer))
    assert "template" not in str(refused.value.message)
