"""Tokens of one-time links: 256 random bits in the address, a SHA-256 of them in the table."""

import hashlib
import secrets


def new_token() -> str:
    """Return a fresh token of 43 characters that fits into an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is stored for a token."""
    return hashlib.sha256(token.encode()).hexdigest()
