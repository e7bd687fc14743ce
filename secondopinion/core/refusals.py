"""Keeps what strangers send out of the log: a request that Django refuses is one line."""

import logging

FAMILY = "django.security."  # Django names its loggers by the kind of refusal


class WithoutWords(logging.Filter):
    """Takes words and frames from a refusal of Django's (a wrong Host header, and the like)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass; a refusal says its kind and nothing that was sent."""
        if record.name.startswith(FAMILY) and record.exc_info:
            record.msg, record.args = "a request was refused", ()
            record.exc_info = record.exc_text = None
        return True
