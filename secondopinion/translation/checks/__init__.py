"""Checks of a translation against its original: pure functions on two texts, without a database."""
