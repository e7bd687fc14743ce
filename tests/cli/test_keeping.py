"""Backing up and restoring, by the real command in processes of its own."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests import postgres, prepared

PREPARE = """
import django; django.setup()
from secondopinion.core import vault
space = vault.new_space()
vault.put(space, b"a scan of a letter" * 9000)
vault.put(vault.new_space(), b"another")
"""


def run(
    folder: Path, *arguments: str, code: str = "", database: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the command on an installation in `folder`, and with a database elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = {
        **kept, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "secondopinion.settings",
        **({"DATABASE_URL": database} if database else {}),
    }  # fmt: skip
    command = ["-c", code] if code else ["-m", "secondopinion", *arguments]
    return subprocess.run(
        [sys.executable, *command], env=environment, check=False, capture_output=True, text=True,
        umask=0o022,
    )  # fmt: skip


def test_an_installation_is_backed_up_and_restored(tmp_path: Path) -> None:
    old, copy, new = tmp_path / "old", tmp_path / "copy", tmp_path / "new"
    prepared.copy_to(old)
    assert run(old, "staff", "add", "ada@harbour.example", "--name", "Ada", "--role",
               "administrator").returncode == 0  # fmt: skip
    assert run(old, code=PREPARE).returncode == 0
    made = run(old, "backup", str(copy))
    assert made.returncode == 0, made.stderr
    assert "2 new files" in made.stdout
    assert "0 new files" in run(old, "backup", str(copy)).stdout
    assert not list(copy.rglob("master-key"))
    assert json.loads((copy / "manifest.json").read_text())["master_key_versions"] == [1]

    for key, words in (
        ("", "put your copy there"), (f"1 {'ab' * 32}\n", "is not that of this copy")
    ):  # fmt: skip
        refused = tmp_path / "refused"
        refused.mkdir(exist_ok=True)
        if key:
            (refused / "master-key").write_text(key)
        tried = run(refused, "restore", str(copy))
        assert (tried.returncode, tried.stderr.count("\n")) == (2, 1)
        assert words in tried.stderr
        assert not list(refused.glob("*.sqlite3*"))
        assert not (refused / "vault").exists()

    (old / "master-key").rename(tmp_path / "away")
    for verb in ("serve", "worker", "migrate"):
        stopped = run(old, verb)
        assert stopped.returncode == 2
        assert f"The master key is not at {old}/master-key: put your copy there." in stopped.stderr
    assert not (old / "master-key").exists()
    (tmp_path / "away").rename(old / "master-key")

    new.mkdir()
    (new / "master-key").write_bytes((old / "master-key").read_bytes())
    restored = run(new, "restore", str(copy))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "can be read: 2; that cannot: 0" in restored.stdout
    assert "ada@harbour.example: administrator" in run(new, "staff", "list").stdout
    assert run(new, "audit", "verify").returncode == 0
    assert run(new, "restore", str(copy)).returncode == 2

    with closing(sqlite3.connect(copy / "database.sqlite3")) as base:
        base.execute("PRAGMA user_version=7")
    changed = run(tmp_path / "third", "restore", str(copy))
    assert changed.returncode == 2
    assert "not the file that was copied" in changed.stderr


@pytest.mark.any_database
def test_a_copy_in_which_a_file_is_missing_says_so(tmp_path: Path) -> None:
    server = os.environ.get("DATABASE_URL", "")
    old, copy, new = tmp_path / "old", tmp_path / "copy", tmp_path / "new"
    name = f"keeping_{os.getpid()}"
    first = second = ""
    with ExitStack() as stack:
        if server.startswith("postgres"):
            first = postgres.fresh(server, name, prepared.template(server))
            second = postgres.fresh(server, f"{name}_new", "template0")
            stack.callback(postgres.drop, server, name)
            stack.callback(postgres.drop, server, f"{name}_new")
        else:
            prepared.copy_to(old)
        old.mkdir(exist_ok=True)
        new.mkdir()
        assert run(old, code=PREPARE, database=first).returncode == 0
        made = run(old, "backup", str(copy), database=first)
        assert made.returncode == 0, made.stderr
        assert "2 new files" in made.stdout
        assert [path for path in copy.rglob("*") if path.stat().st_mode & 0o077] == []

        assert "put your copy there" in run(new, "restore", str(copy), database=second).stderr
        (new / "master-key").write_bytes((old / "master-key").read_bytes())
        lost = next((copy / "vault").glob("??/*"))
        lost.rename(tmp_path / "lost")
        restored = run(new, "restore", str(copy), database=second)
        assert restored.returncode == 1, restored.stderr
        assert "can be read: 1; that cannot: 1" in restored.stdout
        assert "Not there: file" in restored.stdout

        place = new / "vault" / lost.relative_to(copy / "vault")
        place.parent.mkdir(exist_ok=True)
        shutil.copyfile(tmp_path / "lost", place)
        whole = run(new, "vault", "verify", database=second)
        assert (whole.returncode, whole.stdout.count("\n")) == (0, 1)
        again = run(new, "restore", str(copy), database=second)
        assert again.returncode == 2
        assert ("is not empty" if second else "a database already") in again.stderr


def test_what_is_written_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert run(folder, "migrate").returncode == 0
    assert run(folder, "mail", "test", "ada@harbour.example").returncode == 0
    paths = [folder, *folder.rglob("*")]
    assert any("mail" in path.parts for path in paths)
    assert [str(path) for path in paths if path.stat().st_mode & 0o077] == []
    said = run(folder, "doctor").stdout
    assert f"Only its owner can read {folder}" in said
    folder.chmod(0o755)
    (folder / "secondopinion.sqlite3").chmod(0o644)
    (folder / "mail").chmod(0o755)
    said = run(folder, "doctor").stdout
    assert "chmod -R go=" in said
    for words in ("still the example", "Nobody is administrator", f"{folder}/mail", "TSA_URL",
                  "signed with a certificate that this"):  # fmt: skip
        assert words in said
