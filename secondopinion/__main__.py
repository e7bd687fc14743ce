"""Lets the command be run as ``python -m secondopinion``."""

import sys

from secondopinion.cli import main

if __name__ == "__main__":
    sys.exit(main())
