"""Tests of the room opinions."""
