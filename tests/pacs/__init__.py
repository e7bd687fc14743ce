"""Tests of the room pacs."""
