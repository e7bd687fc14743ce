"""Tests of the room faults."""
