"""Outbox and delivery of messages that carry no health data."""
