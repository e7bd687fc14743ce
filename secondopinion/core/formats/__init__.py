"""How numbers are written, where the CLDR and Django differ."""
