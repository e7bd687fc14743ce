"""Tests: a folder for each room, journeys in a real browser, faults in real processes."""
