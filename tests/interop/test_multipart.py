"""A multipart body is cut into the same parts however its pieces fall."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.interop.multipart import Malformed, Parser, Part

BOUNDARY = "b=-"


def read(body: bytes, sizes: list[int]) -> list[tuple[str, bytes]]:
    """Return the parts of a body that comes in pieces of these sizes, over and over."""
    parser, found, at, turn = Parser(BOUNDARY), list[tuple[str, bytearray]](), 0, 0
    while at < len(body):
        size = sizes[turn % len(sizes)]
        for event in parser.feed(body[at : at + size]):
            if isinstance(event, Part):
                found.append((event.type, bytearray()))
            elif event is not None:
                found[-1][1].extend(event)
        at, turn = at + size, turn + 1
    parser.close()
    return [(kind, bytes(data)) for kind, data in found]


tricky = st.lists(
    st.sampled_from([b"\r\n", b"--", b"\r\n--b", b"\r\n--b=", b"x", b"\0" * 7, b"\r"]), max_size=12
).map(b"".join)


@given(
    contents=st.lists(tricky.filter(lambda each: b"\r\n--b=-" not in each), min_size=1, max_size=5),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    preamble=st.sampled_from([b"", b"for old readers\r\n"]),
)
def test_every_way_of_cutting_gives_the_same_parts(
    contents: list[bytes], sizes: list[int], preamble: bytes
) -> None:
    body = preamble + b"".join(
        b"--b=-\r\nContent-Type: application/dicom\r\n\r\n" + each + b"\r\n" for each in contents
    )
    body += b"--b=---\r\n"
    assert read(body, sizes) == [("application/dicom", each) for each in contents]


@given(body=st.binary(max_size=400), sizes=st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_anything_else_ends_in_an_answer(body: bytes, sizes: list[int]) -> None:
    with pytest.raises(Malformed):
        read(body.replace(b"--b=-", b""), sizes)


def test_a_part_without_headers_and_one_that_is_cut_off() -> None:
    assert read(b"--b=-\r\n\r\nabc\r\n--b=---", [3]) == [("application/octet-stream", b"abc")]
    with pytest.raises(Malformed):
        read(b"--b=-\r\n\r\nabc\r\n", [3])
