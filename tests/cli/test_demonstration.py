"""The demonstration and serving: a port that is taken, and data that is not the demonstration's."""

import argparse
import socket
from pathlib import Path

import pytest

from secondopinion.accounts.models import Person
from secondopinion.cli import demonstration, main
from secondopinion.core.errors import Refused


@pytest.mark.django_db  # whether the master key may be made is asked of the database
@pytest.mark.parametrize("verb", ["serve", "demo"])
def test_a_port_that_is_taken_is_a_plain_line(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DEMO", "SITE_URL", "DATA_DIR"):  # what `demo` sets is put back
        monkeypatch.setenv(name, "")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main([verb, "--port", str(port)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f"PORT={port + 1}" in said.err


def test_invented_people_never_go_into_a_real_installation(maria: Person, tmp_path: Path) -> None:
    (tmp_path / demonstration.UNFINISHED).touch()
    for reset in (False, True):
        with pytest.raises(Refused, match="real installation"):
            demonstration.run(argparse.Namespace(no_serve=True, reset=reset))
    assert tmp_path.exists()
    assert Person.objects.get() == maria
