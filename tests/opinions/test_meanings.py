"""Medical words of a report, explained: which are found, in which languages."""

from secondopinion.opinions.meanings import MOST, _words, meanings
from secondopinion.opinions.models import SignedReport
from tests.opinions.walk import words_of

LANGUAGES = {"en", "es", "ar"}


def test_every_word_is_found_in_its_own_language_and_said_in_all() -> None:
    for each in _words():
        assert set(each.said) == LANGUAGES
    for text, language, word in (
        ("An MRI was made.", "en", "MRI"),
        ("No metastases.", "en", "metastasis"),
        ("La resonancia es normal.", "es", "resonancia"),
        ("لا يوجد التهاب هنا", "ar", "التهاب"),
    ):
        [found] = meanings({"language": language, "findings": text}, "en", "es", "ar")
        assert found[language]["word"] == word
        assert set(found) == LANGUAGES


def test_a_word_inside_another_is_none_and_there_are_not_too_many() -> None:
    assert meanings({"language": "en", "findings": "The actual octet, general."}, "es") == []
    text = " ".join(each.said["en"]["word"] for each in _words())
    assert len(meanings({"language": "en", "findings": text}, "es")) == MOST


def test_the_signed_report_explains_them_in_both_languages(signed: SignedReport) -> None:
    said = words_of(signed)
    assert "An illness of the brain in which seizures come back." in said
    assert signed.case.language != "en" or "Medical words, explained" in said
