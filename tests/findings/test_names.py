"""Names in two scripts: the same child is never called another, and another child is found."""

import pytest

from secondopinion.findings import characters, readings, spellings
from secondopinion.findings.names import DIFFERENT, LIKE, SAME, UNKNOWN, compare
from tests.imaging import scripts

PAIRS = [(script, *pair) for script, pairs in scripts.BY_SCRIPT.items() for pair in pairs]
# Given names in Hokkien, and Japanese names that are read as no list has it.
NOT_KNOWN = {"TEO^KOK KEONG", "CHUA^BOON HUI", "LOW^KAH WENG", "YEO^SIEW LI", "LEE^BEE HWA",
             "SIM^BOON KENG", "MORIMOTO^RUNA", "TESHIGAWARA^TSUBASA", "TAKANASHI^HIKARU",
             "PHAM^MINH DUC"}  # fmt: skip


@pytest.mark.parametrize(("script", "written", "latin"), PAIRS)
def test_one_child_in_two_scripts(script, written, latin):
    assert compare((written,), (latin,)) == (UNKNOWN if latin in NOT_KNOWN else SAME)
    assert compare((latin,), (written,)) == compare((written,), (latin,))


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("李小龙", "WANG^MEILI"), ("李小龙", "LOPEZ GARCIA^MARIA"), ("王美丽", "SHARMA^ANIKA"),
        ("陳大文", "LEUNG^CHI WAI"), ("山田太郎", "MUELLER^JUERGEN"), ("山田太郎", "SUZUKI^HANA"),
        ("김민준", "SUZUKI^HANA"), ("洪吉洞", "PARK^JI HOON"), ("さとう ひな", "KIM^MINJUN"),
        ("鈴木花子", "やまだ^たろう"), ("朴志勳", "김민준"),
    ],
)  # fmt: skip
def test_another_child_is_found_across_scripts(written, other):
    assert compare((written,), (other,)) == DIFFERENT


def test_one_surname_and_plainly_another_given_name():
    assert compare(("李小龙",), ("LI^MEIYU",)) == LIKE


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("陈小美", "CHEN^EMMA"),  # an English given name
        ("陈小美", "EMMA"),  # a given name alone
        ("黄小明", "OOI^XIAO MING"),  # a surname as it is spelt nowhere else
        ("月島光", "TSUKISHIMA^RUNA"),  # a Japanese given name is read as its parents wish
        ("李小龙", "Ли Сяолун"),  # no Latin letters
        ("龙", "WANG^MEILI"),  # one character
    ],
)
def test_what_may_be_one_child_is_not_called_another(written, other):
    assert compare((written,), (other,)) == UNKNOWN


def test_hebrew_is_written_without_vowels_and_says_nothing():
    assert compare(("מנחם מתתיהו",), ("MENAHEM^MATITYAHU",)) == UNKNOWN


def test_letters_that_stand_together_are_no_digraph():
    assert compare(("سحر خديجة",), ("KHADIJAH^SAHAR",)) == SAME
    assert compare(("عمر",), ("OMAR",)) == SAME
    assert compare(("दिनेश संदीप",), ("SANDEEP^DINESH",)) == SAME


def test_odd_names_end_soon():
    assert compare(("生" * 64,), ("shi" * 21,)) == UNKNOWN
    assert compare(("々々 佐々木",), ("SASAKI^A",)) == UNKNOWN
    assert compare(("佐々木 蓮",), ("SASAKI^REN",)) == SAME


def test_readings_are_those_of_unihan():
    assert readings.of("李").mandarin == ("li",)
    assert readings.of("曾").mandarin == ("ceng", "zeng")
    assert readings.of("洪").korean == ("hong",)
    assert "cheung" in spellings.cantonese("zoeng")
    assert "hsiao" in spellings.mandarin("xiao")
    assert spellings.japanese("ohno yuuki") == spellings.japanese("ono yuki")
    assert characters.compare("李小龙", "") == UNKNOWN
