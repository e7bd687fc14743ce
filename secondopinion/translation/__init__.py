"""Translations of texts, who made and who reviewed them."""
