"""Multipart bytes: the same parts however they are cut, and bounded memory on garbage."""

import random

from hypothesis import given
from hypothesis import strategies as st

from kineograph.media.cameras.multipart import MultipartParser, boundary_of

BODIES = st.lists(
    st.binary(min_size=1, max_size=200).filter(lambda b: b"--frame" not in b), max_size=6
)


def as_sent(bodies, *, counted: bool, line_end: bytes = b"\r\n") -> bytes:
    sent = b""
    for number, body in enumerate(bodies):
        head = [b"--frame", b"Content-Type: image/jpeg", b"X-Timestamp: %d.5" % number]
        head += [b"Content-Length: %d" % len(body)] if counted else []
        sent += line_end.join([*head, b"", b""]) + body + line_end
    return sent + b"--frame--" + line_end


def cut(content: bytes, seed: int):
    chance = random.Random(seed)
    while content:
        size = chance.choice([1, 2, 7, 50, 1000])
        yield content[:size]
        content = content[size:]


@given(BODIES, st.booleans(), st.sampled_from([b"\r\n", b"\n"]), st.integers(0, 10**6), st.binary())
def test_parts_are_the_same_however_the_bytes_are_cut(bodies, counted, line_end, seed, before):
    before = before.replace(b"--frame", b"")
    parser = MultipartParser("frame")
    content = before + line_end + as_sent(bodies, counted=counted, line_end=line_end)
    if not counted and line_end == b"\n":  # a carriage return before it belongs to the break
        bodies = [body.removesuffix(b"\r") for body in bodies]
    parts = [part for data in cut(content, seed) for part in parser.feed(data)]
    assert [part.body for part in parts] == bodies
    assert [part.headers["x-timestamp"] for part in parts] == [f"{i}.5" for i in range(len(bodies))]


def test_a_part_arrives_when_its_headers_are_whole_not_when_the_next_one_begins():
    parser = MultipartParser("frame")
    assert parser.feed(b"--frame\r\nA: 1\r\n\r\nbo", 3.0) == []
    (part,) = parser.feed(b"dy\r\n--frame", 9.0)
    assert (part.body, part.arrived_seconds) == (b"body", 3.0)


def test_a_counted_part_does_not_wait_for_the_next_delimiter():
    parser = MultipartParser("frame")
    sent = b"--frame\r\nContent-Length: 4\r\n\r\nbody"
    assert [part.body for part in parser.feed(sent)] == [b"body"]


def test_wrong_lengths_are_not_believed():
    parser = MultipartParser("frame")
    sent = b"--frame\r\nContent-Length: 900\r\n\r\nbody\r\n--frame\r\nContent-Length: 2\r\n\r\nbody"
    parts = parser.feed(sent + b"\r\n--frame\r\nContent-Length: x\r\n\r\nlast\r\n--frame")
    assert [part.body for part in parts] == [b"body", b"bo", b"last"]
    assert parser.skipped_bytes == 2


def test_dashes_counted_to_the_boundary_and_a_missing_line_break():
    boundary = boundary_of('multipart/x-mixed-replace; boundary="--frame"')
    parser = MultipartParser(boundary or "")
    parts = parser.feed(b"----frame\r\nA: 1\r\n\r\nbody----frame\r\nA: 1\r\n\r\nmore\r\n----frame")
    assert [part.body for part in parts] == [b"body", b"more"]


@given(st.integers(0, 10**6))
def test_garbage_costs_no_memory_and_good_parts_after_it_are_found(seed):
    chance = random.Random(seed)
    parser = MultipartParser("frame", most_bytes=4096)
    for _ in range(40):
        parser.feed(chance.choice([chance.randbytes(1000), b"--frame", b"--frame\r\n\r\n" * 3]))
        assert len(parser._waiting) <= 4096
    parser.feed(b"x" * 5000)
    for _ in range(5):
        parser.feed(b"y" * 4096)
    found = parser.feed(as_sent([b"good"], counted=True))
    assert found[-1].body == b"good"


def test_boundaries_as_cameras_write_them():
    assert boundary_of("multipart/x-mixed-replace;boundary=frame") == "frame"
    assert boundary_of("Multipart/X-Mixed-Replace; Boundary = --myboundary; a=b") == "myboundary"
    assert boundary_of("image/jpeg") is None
    assert boundary_of("multipart/x-mixed-replace") is None
