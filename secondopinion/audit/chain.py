"""The hash of one link: canonical JSON of the entry, after the hash before it."""

import hashlib
import json
from datetime import UTC

from secondopinion.audit.models import Entry

START = "0" * 64


def link(previous: str, number: int, entry: Entry) -> str:
    """Return the SHA-256 that seals `entry` as the link `number` after `previous`, in hex."""
    content = {
        "number": number,
        "previous": previous,
        "id": str(entry.pk),
        "at": entry.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "verb": entry.verb,
        "actor": str(entry.actor_id or ""),
        "label": entry.actor_label,
        "case": str(entry.case_id or ""),
        "kind": entry.target_kind,
        "target": entry.target_id,
        "detail": entry.detail,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
