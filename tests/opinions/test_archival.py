"""Signed reports keep to PDF/A-3a and PDF/UA-1; the program that judges sees what breaks them."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from secondopinion.core import vault
from secondopinion.opinions.models import SignedReport
from tests.archival import broken


def _no_profile(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents


def _no_claim(pdf: Pdf) -> None:
    del pdf.Root.Metadata


def _script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def _no_tags(pdf: Pdf) -> None:
    del pdf.Root.StructTreeRoot


def _no_language(pdf: Pdf) -> None:
    del pdf.Root.Lang


def _no_title(pdf: Pdf) -> None:
    del pdf.Root.ViewerPreferences


def _fonts(pdf: Pdf) -> None:
    for each in pdf.objects:
        if isinstance(each, Dictionary) and each.get("/Type") == Name.FontDescriptor:
            for kind in ("/FontFile", "/FontFile2", "/FontFile3"):
                if kind in each:
                    del each[kind]


def _stray_file(pdf: Pdf) -> None:
    """The structured report is attached, but nothing says what it is to the document."""
    for each in pdf.objects:
        if isinstance(each, Dictionary) and "/AFRelationship" in each:
            del each["/AFRelationship"]


def _untagged_words(pdf: Pdf) -> None:
    page = pdf.pages[0]
    more = pdf.make_stream(b"BT ET 0 0 10 10 re f")
    page.Contents = Array([*page.Contents, more] if isinstance(page.Contents, Array)
                          else [page.Contents, more])  # fmt: skip


def _no_alternative(pdf: Pdf) -> None:
    for each in pdf.objects:
        if isinstance(each, Dictionary) and each.get("/S") == Name.Figure:
            del each.Alt


CHANGES = {
    "3a": [_no_profile, _no_claim, _script, _fonts, _stray_file],
    "ua1": [_no_claim, _no_tags, _no_language, _no_title, _untagged_words, _no_alternative],
}


def test_a_signed_report_keeps_to_both(signed: SignedReport) -> None:
    assert broken(vault.read(signed.blob)) == []


@pytest.mark.parametrize(
    ("profile", "change"), [(name, each) for name, some in CHANGES.items() for each in some]
)
def test_what_breaks_one_is_seen(
    profile: str, change: Callable[[Pdf], None], signed: SignedReport
) -> None:
    """Else the judge would be none."""
    with pikepdf.open(io.BytesIO(vault.read(signed.blob))) as pdf:
        change(pdf)
        changed = io.BytesIO()
        pdf.save(changed)
    assert broken(changed.getvalue(), (profile,))
