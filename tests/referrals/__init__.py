"""Referrals: what is sent, with whose word, and until when somebody is reminded."""
