"""Numbers in Arabic with Western digits, as amounts are written: 1,234.5 (CLDR, ar, latn)."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
