"""The directory of specialists, matching and offers."""
