"""Checks of a report before it is signed: pure functions on its texts and on plain facts."""
