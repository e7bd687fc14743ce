"""Ids, clock, business calendar, vault and other things without a domain."""
