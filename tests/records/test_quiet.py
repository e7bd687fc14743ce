"""The engines that read pages tell nobody that they did."""

import os
import subprocess
import sys
from pathlib import Path

READ = """
import numpy
from secondopinion.records import rapid
rapid.read(numpy.full((64, 200), 255, numpy.uint8))
"""


def test_the_second_engine_counts_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path)}
    for name in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    subprocess.run([sys.executable, "-c", READ], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
