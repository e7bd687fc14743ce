"""The command `secondopinion`: demo, serve, worker, doctor, audit, report, imaging, manage."""

from secondopinion.cli.main import main

__all__ = ["main"]
