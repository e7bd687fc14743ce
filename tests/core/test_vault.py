"""The vault gives back what it was given, by any range, and nothing that was changed."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondopinion.core import master_key, vault
from secondopinion.core.errors import Conflict, Refused, Unusable
from secondopinion.core.models import Blob, StagedFile
from secondopinion.core.staging import Staging

pytestmark = pytest.mark.django_db
EDGES = [0, 1, vault.CHUNK - 1, vault.CHUNK, vault.CHUNK + 1, 3 * vault.CHUNK]
lengths = st.sampled_from(EDGES) | st.integers(0, 3 * vault.CHUNK)
relaxed = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def stored(blob: Blob) -> Path:
    return Path(vault.storage().path(vault.name_of(blob.space, blob.digest)))


@pytest.mark.parametrize("length", EDGES)
def test_what_is_put_is_read(length: int) -> None:
    data = os.urandom(length)
    assert vault.read(vault.put(vault.new_space(), data)) == data


@relaxed
@given(sizes=st.lists(st.sampled_from(EDGES) | st.integers(0, 3 * vault.CHUNK), max_size=8))
def test_what_comes_in_pieces_is_read_whole(sizes: list[int]) -> None:
    pieces = [os.urandom(size) for size in sizes]
    views = (memoryview(each) if number % 2 else each for number, each in enumerate(pieces))
    assert vault.read(vault.put(vault.new_space(), views)) == b"".join(pieces)


@relaxed
@given(length=lengths, start=st.integers(0, 4 * vault.CHUNK), count=st.integers(0, vault.CHUNK * 2))
def test_any_range_is_read(length: int, start: int, count: int) -> None:
    data = os.urandom(length)
    with vault.open_blob(vault.put(vault.new_space(), data)) as file:
        file.seek(start)
        assert file.read(count) == data[start : start + count]


def test_the_same_content_is_kept_once_in_a_space_and_apart_in_another() -> None:
    first, second = vault.new_space(), vault.new_space()
    blob = vault.put(first, b"letter")
    assert vault.put(first, io.BytesIO(b"letter")) == blob
    other = vault.put(second, iter([b"let", b"ter"]))
    assert other != blob
    assert stored(other).read_bytes() != stored(blob).read_bytes()


def test_neither_name_nor_content_tells_what_is_stored() -> None:
    blob = vault.put(vault.new_space(), b"epilepsy " * 1000)
    assert b"epilepsy" not in stored(blob).read_bytes()
    assert blob.digest not in str(stored(blob))
    assert stored(blob).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", [0, 10, vault.HEADER + 5, -1])
def test_a_changed_byte_is_found(place: int) -> None:
    blob = vault.put(vault.new_space(), os.urandom(200_000))
    raw = bytearray(stored(blob).read_bytes())
    raw[place] ^= 1
    stored(blob).write_bytes(raw)
    with pytest.raises(vault.Damaged):
        vault.read(blob)


def test_a_chunk_that_was_moved_or_left_out_is_found() -> None:
    blob = vault.put(vault.new_space(), os.urandom(3 * vault.CHUNK))
    raw = stored(blob).read_bytes()
    head, one, rest = raw[: vault.HEADER], raw[vault.HEADER :][: vault.SEALED], raw[vault.HEADER :]
    for wrong in (head + rest[vault.SEALED :], head + one + one + rest[2 * vault.SEALED :]):
        stored(blob).write_bytes(wrong)
        with pytest.raises(vault.Damaged):
            vault.read(blob)


def test_an_erased_space_cannot_be_read() -> None:
    space = vault.new_space()
    blob = vault.put(space, b"x")
    vault.erase(space)
    blob.refresh_from_db()
    with pytest.raises(vault.Erased):
        vault.read(blob)


def test_a_new_master_key_leaves_old_spaces_readable() -> None:
    old = vault.new_space()
    blob = vault.put(old, b"old")
    path = master_key._path()
    path.write_text(path.read_text() + f"2 {os.urandom(32).hex()}\n")
    assert vault.new_space().master_version == 2
    assert vault.read(blob) == b"old"


@relaxed
@given(length=lengths, cuts=st.lists(st.integers(1, vault.CHUNK), min_size=1, max_size=40))
def test_a_staged_file_is_the_same_whatever_its_pieces(length: int, cuts: list[int]) -> None:
    data, space = os.urandom(length), vault.new_space()
    staged_id, at = Staging.create(space, length).id, 0
    while at < length:
        staging = Staging.get(staged_id)
        assert staging.offset == at
        piece = data[at : at + max(cuts[at % len(cuts)], length // 50)]
        with staging:
            staging.append(piece)
        at += len(piece)
    assert vault.read(Staging.get(staged_id).finish()) == data
    assert vault.read(Staging.get(staged_id).finish()) == data, "finishing twice is finishing once"


def test_a_block_that_was_being_written_when_all_died_does_not_count() -> None:
    staging = Staging.create(vault.new_space(), 200_000)
    with staging:
        staging.append(os.urandom(100_000))
    with staging._path.open("ab") as file:
        file.write(b"half a block")
    again = Staging.get(staging.id)
    assert again.offset == 100_000 - 100_000 % vault.CHUNK or again.offset == 100_000
    with again:
        again.append(b"x")
    assert Staging.get(staging.id).offset <= 100_001


def test_a_death_between_the_place_and_the_row_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = os.urandom(200_000)
    staging = Staging.create(vault.new_space(), len(data))
    with staging:
        staging.append(data)

    def die(*_nothing: object, **_none: object) -> None:
        raise SystemError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(StagedFile.objects, "filter", die)
        with pytest.raises(SystemError):
            staging.finish()
    again = Staging.get(staging.id)
    assert again.row.blob is None
    assert again.offset == len(data)
    assert vault.read(again.finish()) == data
    assert not list(vault.work_folder().glob(f"{staging.id.hex}.*"))


def test_two_writers_at_once_are_refused() -> None:
    staging = Staging.create(vault.new_space(), 10)
    with staging, pytest.raises(Conflict), Staging.get(staging.id):
        pass


def test_more_than_was_announced_is_refused_and_less_is_not_finished() -> None:
    staging = Staging.create(vault.new_space(), 10)
    with staging, pytest.raises(Refused):
        staging.append(b"x" * 11)
    with pytest.raises(Refused):
        staging.finish()


def test_a_key_is_made_for_a_fresh_installation_alone() -> None:
    path = master_key._path()
    master_key.require()
    assert not path.exists(), "looking makes nothing"
    blob = vault.put(vault.new_space(), b"kept")
    kept = path.read_text()
    path.unlink()
    for verb in (master_key.require, vault.new_space, lambda: vault.read(blob)):
        with pytest.raises(Unusable, match="put your copy there"):
            verb()
    assert not path.exists()
    path.write_text(kept)
    assert vault.read(blob) == b"kept"


def test_a_key_that_is_named_is_never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.VAULT_MASTER_KEY_NAMED", True)
    with pytest.raises(Unusable):
        vault.new_space()
    assert not master_key._path().exists()


def test_a_garbled_key_is_not_quoted() -> None:
    master_key._path().write_text("1 notadigit\n")
    with pytest.raises(Unusable) as refused:
        master_key.require()
    assert "notadigit" not in refused.value.message
