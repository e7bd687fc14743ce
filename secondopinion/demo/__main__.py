"""``python -m secondopinion.demo FILE``: makes the cases that are missing, then removes FILE."""

import logging
import sys
from pathlib import Path

import django

django.setup()

from secondopinion.demo import seed  # noqa: E402 - Django must be set up first

logging.getLogger("secondopinion.demo").setLevel(logging.INFO)
seed.ensure()
Path(sys.argv[1]).unlink(missing_ok=True)
sys.stdout.write("Every case of the demonstration is there now.\n")
