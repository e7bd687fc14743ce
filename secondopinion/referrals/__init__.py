"""Referrals until the loop is closed."""
