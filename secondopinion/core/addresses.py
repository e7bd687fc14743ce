"""Addresses of services outside: which ones something may be sent to."""

import ipaddress
from urllib.parse import urlsplit


def is_safe(url: str) -> bool:
    """Say whether an address is encrypted, or on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        near = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        near = parts.hostname == "localhost"
    return parts.scheme == "http" and near
