"""Time zones: those of the database only, and a country's own where it has just one."""

from secondopinion.core import zones


def test_a_country_with_one_zone_has_it() -> None:
    assert zones.zone_of("AE") == "Asia/Dubai"
    assert zones.zone_of("ET") == "Africa/Addis_Ababa"
    assert zones.zone_of("MX") == zones.UNKNOWN
    assert zones.zone_of("") == zones.UNKNOWN


def test_only_real_zones_are_taken() -> None:
    assert zones.is_zone("America/Mexico_City")
    for made_up in ("", "Mars/Olympus", "../../etc/passwd", "America/Mexico_City\n"):
        assert not zones.is_zone(made_up)
