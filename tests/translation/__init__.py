"""Tests of the room translation."""
