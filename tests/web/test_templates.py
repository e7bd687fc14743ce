"""The templates: what a strict content policy and translation need of every one of them."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.utils import translation

from secondopinion.core import languages

TEMPLATES = Path(__file__).parents[2] / "secondopinion" / "web" / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_it_has_no_inline_style_script_or_handler(name: str) -> None:
    text = (TEMPLATES / name).read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']", text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or "application/json" in attributes


@pytest.mark.parametrize("name", NAMES)
def test_its_words_are_translatable(name: str) -> None:
    """No sentence stands outside a translate tag."""
    text = (TEMPLATES / name).read_text()
    text = re.sub(r"{#.*?#}", "", text)
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.DOTALL)
    text = re.sub(r"{[%{].*?[%}]}", "", text, flags=re.DOTALL)
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "\n", text)
    assert not [
        line for line in text.splitlines() if re.search(r"[A-Za-z]{3,} +[A-Za-z]{3,}", line)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_pressed_or_read_aloud_is_translatable(name: str) -> None:
    text = (TEMPLATES / name).read_text()
    for value in re.findall(r"\s(?:alt|title|placeholder|aria-label)=\"([^\"]*)\"", text):
        words = re.sub(r"{[%{].*?[%}]}", "", value)
        assert not re.search(r"[A-Za-z]{3,}", words), value


@pytest.mark.parametrize("name", NAMES)
def test_a_persons_name_cannot_scramble_what_stands_beside_it(name: str) -> None:
    """A Latin name in an Arabic line would tear the date behind it apart."""
    text = (TEMPLATES / name).read_text()
    text = re.sub(r"{% (block title|blocktranslate).*?{% end\w+ %}", "", text, flags=re.DOTALL)
    for found in re.finditer(r"{{ [\w.]*full_name[^}]*}}", text):
        before = text[: found.start()]
        if before.rfind("<") > before.rfind(">"):
            continue  # inside a tag: an attribute
        inside = before[before.rfind("<") :]
        assert inside.startswith(("<bdi", "<option")) or "hidden-visually" in inside, found[0]


@pytest.mark.parametrize(
    ("reader", "code", "name"),
    [
        ("en", "am", "Amharic"),
        ("ar", "am", "الأمهرية"),
        ("en", "es", "Spanish"),
        ("en", "xx", "xx"),
    ],
)
def test_a_language_has_its_name_though_django_does_not_speak_it(
    reader: str, code: str, name: str
) -> None:
    with translation.override(reader):
        assert languages.language_name(code) == name
