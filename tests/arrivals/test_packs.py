"""The packs of our uploader: bit for bit what went in, whatever is done to them on the way."""

import hashlib
import json
import os
import zlib
from typing import Any

import numpy as np
import pytest
from asgiref.sync import async_to_sync
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.accounts.models import Person
from secondopinion.arrivals import actions, packs, queries
from secondopinion.arrivals.models import ArrivedFile, Upload, UploadState
from secondopinion.cases.models import Case
from secondopinion.core import jobs, sandbox, vault
from secondopinion.core.errors import Refused
from tests.arrivals.disc import slices


def deflated(data: bytes) -> bytes:
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def filtered(data: bytes, row: int, width: int) -> bytes:
    """Do what frontend/src/uploader/codec.ts does, written a second time."""
    samples = np.frombuffer(data, "<u2" if width == 2 else "u1").reshape(-1, row // width)
    signed: Any = np.diff(samples, axis=0, prepend=np.zeros_like(samples[:1])).view(
        f"<i{width}" if width == 2 else "i1"
    )
    folded = ((signed << 1) ^ (signed >> (8 * width - 1))).astype(f"<u{width}").ravel()
    if width == 1:
        return bytes(folded.tobytes())
    return bytes((folded >> 8).astype("u1").tobytes() + (folded & 255).astype("u1").tobytes())


def made(files: list[tuple[str, bytes, Any]]) -> bytes:
    """Make a pack; a file is `stored`, ``None`` (plain), or start, length, row, width of pixels."""
    index: list[dict[str, Any]] = []
    plain, pixels, stored = b"", b"", b""
    for path, data, how in files:
        entry = {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        if how == "stored":
            entry["stored"] = True
            stored += data
        elif how:
            start, length, row, width = how
            entry["pixels"] = list(how)
            plain += data[:start] + data[start + length :]
            pixels += filtered(data[start : start + length], row, width)
        else:
            plain += data
        index.append(entry)
    squeezed = {"plain": deflated(plain), "pixels": deflated(pixels), "stored": stored}
    lengths = {"plain": len(plain), "pixels": len(pixels), "stored": len(stored)}
    about = {"files": index, "streams": {k: [len(v), lengths[k]] for k, v in squeezed.items()}}
    head = deflated(json.dumps(about).encode())
    return packs.MAGIC + len(head).to_bytes(4, "little") + head + b"".join(squeezed.values())


CHOICES = st.sampled_from([None, "stored", 1, 2])


@settings(max_examples=60)
@given(st.data())
def test_whatever_goes_in_comes_out(data: st.DataObject) -> None:
    files: list[tuple[str, bytes, Any]] = []
    for number in range(data.draw(st.integers(0, 5))):
        content, how = data.draw(st.binary(max_size=400)), data.draw(CHOICES)
        if isinstance(how, int):
            row = how * data.draw(st.integers(1, 9))
            start = data.draw(st.integers(0, len(content)))
            length = (len(content) - start) // row * row
            how = (start, length, row, how) if length else None
        files.append((f"DISC/IM{number}", content, how))
    assert packs.unpack(made(files)) == [(path, content) for path, content, _how in files]


def sound() -> bytes:
    image = next(slices(1))
    return made(
        [
            ("DISC/IM1", image, (len(image) - 512, 512, 32, 2)),
            ("DISC/letter.txt", b"a letter " * 40, None),
            ("DISC/photo.jpg", os.urandom(300), "stored"),
        ]
    )


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_pack_gives_only_what_is_proved(hits: list[tuple[int, int]]) -> None:
    data = bytearray(sound())
    for place, value in hits:
        data[place % len(data)] = value
    try:
        files = packs.unpack(bytes(data))
    except packs.Broken:
        return
    assert sum(len(content or b"") for _path, content in files) <= packs.MOST_CONTENT


@settings(max_examples=100)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_bytes_at_all_bring_it_down(rest: bytes, cut: int) -> None:
    for data in (packs.MAGIC + rest, sound()[:cut], rest):
        with pytest.raises(packs.Broken):
            packs.unpack(data)


def with_index(about: Any, body: bytes = b"") -> bytes:
    head = deflated(json.dumps(about).encode())
    return packs.MAGIC + len(head).to_bytes(4, "little") + head + body


EMPTY = {"plain": [2, 0], "pixels": [2, 0], "stored": [0, 0]}
NOTHING = deflated(b"") * 2


@pytest.mark.parametrize(
    "about",
    [
        {"files": [{"path": "x", "size": 10**12, "sha256": ""}], "streams": EMPTY},
        {"files": [{"path": "x", "size": -1, "sha256": ""}], "streams": EMPTY},
        {"files": [{"path": "x", "size": True, "sha256": ""}], "streams": EMPTY},
        {"files": [{"path": "x", "size": 0, "sha256": ""}] * 6000, "streams": EMPTY},
        {"files": [], "streams": {**EMPTY, "plain": [2, 10**12]}},
        {"files": [], "streams": {**EMPTY, "stored": [5, 5]}},
        {"files": [], "streams": {}},
        [],
        {"files": [{"path": "x", "size": 4, "pixels": [0, 4, 3, 2]}], "streams": EMPTY},
        {"files": [{"path": "x", "size": 4, "pixels": [0, 4, 0, 1]}], "streams": EMPTY},
    ],
)
def test_what_cannot_be_meant_is_refused(about: Any) -> None:
    with pytest.raises(packs.Broken):
        packs.unpack(with_index(about, NOTHING))


def test_a_stream_that_grows_beyond_what_it_declares_is_a_bomb() -> None:
    bomb = deflated(bytes(90 * 1024**2))
    streams = {**EMPTY, "plain": [len(bomb), 10]}
    with pytest.raises(packs.Broken):
        packs.unpack(with_index({"files": [], "streams": streams}, bomb + deflated(b"")))
    # And an index that does.
    head = deflated(b" " * (packs.MOST_INDEX + 10))
    with pytest.raises(packs.Broken):
        packs.unpack(packs.MAGIC + len(head).to_bytes(4, "little") + head)


def test_the_largest_pack_fits_into_its_child() -> None:
    data = os.urandom(64 * 1024**2)
    [(_path, content)] = sandbox.run(
        packs.unpack, made([("big", data, "stored")]), memory_mb=1024, cpu_s=60
    )
    assert content == data


def begun(case: Case, by: Person, data: bytes, **about: Any) -> Upload:
    return actions.begin(
        by=by, case=case, name="DISC-1.pack", length=len(data),
        about=actions.About(kind="pack", key="k", **about),
    )  # fmt: skip


def received(upload: Upload, data: bytes) -> Upload:
    from secondopinion.core.staging import Staging

    assert upload.staged
    with Staging(upload.staged) as staging:
        staging.append(data)
    return actions.finish(upload=upload)


def test_who_asks_after_a_complete_upload_finds_it_taken_over(case: Case, maria: Person) -> None:
    """Its last bytes came, and the server died before it took the upload over."""
    from secondopinion.core.staging import Staging
    from secondopinion.web import tus

    data = made([("DISC/letter.txt", b"She had two seizures.", None)])
    upload = begun(case, maria, data)
    assert upload.staged
    with Staging(upload.staged) as staging:
        staging.append(data)
    answer = async_to_sync(tus._head)(maria, str(upload.pk))
    assert answer.headers["Upload_Offset"] == str(len(data))
    upload.refresh_from_db()
    assert upload.state == UploadState.RECEIVED


def test_a_pack_becomes_its_files_and_a_damaged_one_is_named(case: Case, maria: Person) -> None:
    images = list(slices(3))
    data = made(
        [
            ("DISC/IM1", images[0], (len(images[0]) - 512, 512, 32, 2)),
            ("DISC/IM2", images[1], None),
            ("DISC/IM3", images[2], "stored"),
            ("DISC/viewer.exe", b"MZ" + os.urandom(50), "stored"),
            ("DISC/letter.txt", b"She had two seizures.", None),
        ]
    )
    data = data.replace(images[2], images[2][:-1] + bytes([images[2][-1] ^ 1]))
    upload = received(begun(case, maria, data, digest=hashlib.sha256(data).hexdigest()), data)
    jobs.run_all()
    found = {each.name: (each.outcome, each.code) for each in upload.files.all()}
    assert found == {
        "DISC/IM1": ("image", ""), "DISC/IM2": ("image", ""), "DISC/IM3": ("refused", "damaged"),
        "DISC/viewer.exe": ("ignored", "litter"), "DISC/letter.txt": ("record", ""),
    }  # fmt: skip


def test_a_program_that_was_chosen_by_itself_is_named(case: Case, maria: Person) -> None:
    data = made([("letter.txt", b"Two seizures.", None), ("viewer.exe", b"MZ123", "stored")])
    upload = received(begun(case, maria, data), data)
    jobs.run_all()
    found = {each.name: (each.outcome, each.code) for each in upload.files.all()}
    assert found == {"letter.txt": ("record", ""), "viewer.exe": ("refused", "executable")}


def test_other_bytes_than_announced_are_not_kept(case: Case, maria: Person) -> None:
    data = sound()
    upload = begun(case, maria, data, digest="0" * 64, sending="s", sending_length=9)
    with pytest.raises(Refused) as refused:
        received(upload, data)
    assert refused.value.code == "damaged"
    upload.refresh_from_db()
    assert upload.state == "cancelled"
    assert not queries.known(case, maria).exists()


def test_a_pack_that_is_none_is_named(case: Case, maria: Person) -> None:
    data = b"MZ" + os.urandom(100)
    upload = received(begun(case, maria, data), data)
    jobs.run_all()
    [file] = upload.files.all()
    assert (file.outcome, file.code) == ("refused", "broken-pack")


@pytest.mark.parametrize(
    "about",
    [{"digest": "A" * 64}, {"digest": "0"}, {"key": "../x"}, {"key": "a" * 65}, {"files": -1},
     {"sending_length": 2**60}, {"kind": "zip"}],
)  # fmt: skip
def test_what_is_said_of_an_upload_is_checked(
    about: dict[str, Any], case: Case, maria: Person
) -> None:
    with pytest.raises(Refused):
        actions.begin(
            by=maria,
            case=case,
            name="x",
            length=1,
            about=actions.About(**({"kind": "pack"} | about)),
        )
    assert not Upload.objects.exists()


def test_a_folder_is_unfinished_until_all_of_it_is_here(case: Case, maria: Person) -> None:
    data = sound()
    about = {"sending": "disc", "label": "DISC", "files": 6, "sending_length": 200}
    received(begun(case, maria, data, content_length=80, **about), data)
    [sending] = queries.unfinished(case, maria)
    assert (sending.label, sending.here, sending.length) == ("DISC", 80, 200)
    half = begun(case, maria, data, content_length=120, **about)
    assert actions.close_sending(by=maria, case=case, key="disc") == 1
    assert not queries.unfinished(case, maria).exists()
    half.refresh_from_db()
    assert half.state == "cancelled"
    # Sent again, it is open again; with all of it here, it is not.
    again = begun(case, maria, data, content_length=120, **about)
    assert queries.unfinished(case, maria).count() == 1
    received(again, data)
    assert not queries.unfinished(case, maria).exists()


def test_a_folder_of_twenty_thousand_files_is_sorted_in_bounded_memory(
    case: Case, maria: Person
) -> None:
    """The sorter sees them pack by pack; what it holds does not grow with the folder."""
    import tracemalloc

    peaks = []
    image = next(slices(1))
    for part in range(4):
        files: list[tuple[str, bytes, Any]] = [
            (f"DISC/P{part}/lib{number}.dll", b"MZ%d" % number, None) for number in range(4999)
        ]
        files.append((f"DISC/P{part}/IM", image + bytes([part]), None))
        data = made(files)
        received(begun(case, maria, data), data)
        tracemalloc.start()
        jobs.run_all()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert ArrivedFile.objects.filter(upload__case=case).count() == 20_000
    assert ArrivedFile.objects.filter(outcome="ignored").count() == 19_996
    assert max(peaks[1:]) < peaks[0] * 1.5 + 1_000_000
    assert max(peaks) < 60_000_000


def test_what_was_sorted_before_a_death_is_not_sorted_again(case: Case, maria: Person) -> None:
    files: list[tuple[str, bytes, Any]] = [(f"D/{n}.txt", b"%d" % n * 9, None) for n in range(30)]
    data = made(files)
    upload = received(begun(case, maria, data), data)
    from secondopinion.arrivals import sorting

    sorter = sorting.Sorter(Upload.objects.get(pk=upload.pk))
    kept = []

    class Died(Exception):
        pass

    def die_at_ten(name: str, member: Any) -> None:
        if len(kept) == 10:
            raise Died
        kept.append(name)
        sorting.Sorter._keep(sorter, name, member)

    sorter._keep = die_at_ten  # type: ignore[method-assign]
    with pytest.raises(Died):
        sorter.run()
    assert upload.files.count() == 10
    jobs.run_all()
    assert upload.files.count() == 30
    assert case.records.count() == 30
    assert {vault.read(each.blob) for each in case.records.all()} == {d for _n, d, _h in files}
