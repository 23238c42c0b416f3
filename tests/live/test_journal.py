"""The journal: a chain on the disk, through crashes, a full disk and other programs."""

import errno
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from kineograph.errors import InputError
from kineograph.live.journal import journal as module
from kineograph.live.journal.entries import parse
from kineograph.live.journal.journal import JOURNAL, KEY, RESERVE, TORN, Journal
from kineograph.live.journal.signing import public_path, read_public
from kineograph.live.journal.verify import verify


def entries(folder: Path) -> list:
    return [parse(line) for line in (folder / JOURNAL).read_bytes().splitlines()]


@contextmanager
def opened(folder: Path, **options):
    journal = Journal(folder, **options)
    try:
        yield journal
    finally:
        journal.close()


def test_an_entry_is_signed_as_another_program_would_check_it(tmp_path: Path):
    with opened(tmp_path) as journal:
        journal.append("started", {"camera": "двор", "share": 0.1, "no end": float("inf")})
    lines = (tmp_path / JOURNAL).read_bytes().splitlines()
    first, second = (json.loads(line) for line in lines)
    assert first["previous"] == "0" * 64 and second["previous"] == first["hash"]
    assert (first["number"], second["number"]) == (1, 2)
    assert second["content"] == {"camera": "двор", "share": 0.1, "no end": None}
    said = {k: v for k, v in second.items() if k not in ("hash", "signature")}
    spelled = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    assert sha256(spelled).hexdigest() == second["hash"]
    key = read_public(tmp_path / public_path(KEY))
    purpose = b"kineograph evidence journal, entry "
    key.verify(bytes.fromhex(second["signature"]), purpose + second["hash"].encode())
    assert first["content"]["fingerprint"] == sha256(key.public_bytes_raw()).hexdigest()


@pytest.mark.skipif(os.name == "nt", reason="no file modes there")
def test_the_private_key_is_its_owners_alone(tmp_path: Path):
    with opened(tmp_path):
        assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600


def test_the_chain_goes_on_at_the_next_start_and_with_a_key_elsewhere(tmp_path: Path):
    home, key = tmp_path / "evidence", tmp_path / "safe" / "my.key"
    for _ in range(3):
        with opened(home, key=key) as journal:
            journal.append("started", {})
    assert [entry.number for entry in entries(home)] == [1, 2, 3, 4]
    assert not (home / "keys").exists()
    assert verify(home, public_key=public_path(key)).is_whole


def test_two_programs_never_write_one_journal(tmp_path: Path):
    with opened(tmp_path), pytest.raises(InputError, match="another program keeps .* choose"):
        Journal(tmp_path)
    Journal(tmp_path).close()


def test_another_key_or_none_is_refused(tmp_path: Path):
    Journal(tmp_path / "a").close()
    Journal(tmp_path / "b").close()
    (tmp_path / "a" / KEY).unlink()
    with pytest.raises(InputError, match="the key of this journal is gone, .* Put the key back"):
        Journal(tmp_path / "a")
    with pytest.raises(InputError, match="was signed by .* Put that key back"):
        Journal(tmp_path / "a", key=tmp_path / "b" / KEY)
    (tmp_path / "a" / KEY).write_text("no key")
    with pytest.raises(InputError, match="is no Ed25519 private key .* name another file"):
        Journal(tmp_path / "a")


@pytest.mark.parametrize("tail", [b'{"content":{"ha', b"\0" * 9000, b"{}\n", b"\xff\n\xfe"])
def test_a_torn_end_is_set_aside_and_the_chain_goes_on(tmp_path: Path, tail: bytes):
    with opened(tmp_path) as journal:
        journal.append("started", {})
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(tail)
    with opened(tmp_path) as journal:
        journal.append("started", {})
    assert (tmp_path / TORN).read_bytes().startswith(tail)
    kinds = [entry.kind for entry in entries(tmp_path)]
    assert kinds == ["key", "started", "torn", "started"]
    assert entries(tmp_path)[2].content == {"bytes": len(tail), "sha256": sha256(tail).hexdigest()}
    found = verify(tmp_path)
    assert found.is_whole and "torn line was set aside" in found.notes[0]


CHILD = """
import sys
from pathlib import Path
from kineograph.live.journal.journal import Journal
journal = Journal(Path(sys.argv[1]))
while True:
    entry = journal.append("event", {"text": "x" * (journal.number * 37 % 900)})
    print(entry.number, entry.hash, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="no kill -9 there")
def test_kill_9_among_appends_loses_nothing_that_was_confirmed(tmp_path: Path):
    confirmed = {}
    for lines in (1, 7, 20, 33, 50):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(lines):
            number, digest = child.stdout.readline().split()
            confirmed[int(number)] = digest
        child.send_signal(signal.SIGKILL)
        for line in child.communicate()[0].splitlines():
            if len(line.split()) == 2 and len(line.split()[1]) == 64:
                confirmed[int(line.split()[0])] = line.split()[1]
    Journal(tmp_path).close()
    assert verify(tmp_path).is_whole
    kept = {entry.number: entry.hash for entry in entries(tmp_path)}
    assert len(confirmed) >= 111 and confirmed.items() <= kept.items()


def test_a_full_disk_takes_the_reserve_then_waits_and_loses_nothing(tmp_path: Path, monkeypatch):
    journal = Journal(tmp_path)
    write, room = os.write, [700]

    def scarce(file: int, content: bytes) -> int:
        reserve = 0 if (tmp_path / RESERVE).exists() else 1500
        left = room[0] + reserve - (tmp_path / JOURNAL).stat().st_size
        if left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, content[:left])  # a disk that fills up takes a part

    room[0] += (tmp_path / JOURNAL).stat().st_size
    monkeypatch.setattr(Journal, "_make_reserve", lambda self: None)  # there is no room for it
    monkeypatch.setattr(os, "write", scarce)
    for number in range(12):
        journal.append("event", {"text": f"{number}" * 100})
    assert journal.waiting > 0 and not (tmp_path / RESERVE).exists()
    assert verify(tmp_path).is_whole  # what is there is in order
    monkeypatch.undo()
    journal.retry()
    assert journal.waiting == 0 and (tmp_path / RESERVE).stat().st_size == 256 * 1024
    journal.close()
    kinds = [entry.kind for entry in entries(tmp_path)]
    assert kinds.count("event") == 12
    assert kinds.count("disk-full") == 2  # at the reserve, and when that was used up
    found = verify(tmp_path)
    assert found.is_whole and "the disk was full" in found.notes[0]


def test_what_no_memory_may_hold_is_refused(tmp_path: Path, monkeypatch):
    journal = Journal(tmp_path)
    monkeypatch.setattr(module, "MOST_WAITING", 2)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InputError, match="entries wait for room .* Free some space"):
        for _ in range(9):
            journal.append("event", {})
    monkeypatch.undo()
    journal.close()
    assert verify(tmp_path).is_whole


LIMITED = """
import resource, sys
from pathlib import Path
from kineograph.live.journal.journal import Journal
journal = Journal(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (journal.path.stat().st_size + 1000, -1))
for _ in range(5):
    journal.append("event", {"text": "x" * 200})
held = journal.waiting
resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
journal.close()
print(held, journal.waiting)
"""


@pytest.mark.skipif(os.name == "nt", reason="no limits there")
def test_a_file_that_may_not_grow_holds_whole_lines_and_gets_the_rest_later(tmp_path: Path):
    assert resource.RLIMIT_FSIZE is not None
    told = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    held, after = map(int, told.stdout.split())
    assert held >= 3 and after == 0
    assert [entry.kind for entry in entries(tmp_path)].count("event") == 5
    found = verify(tmp_path)
    assert found.is_whole and "the disk refused to write" in found.notes[0]


def test_a_truly_full_disk(tiny_disk: Path):
    journal = Journal(tiny_disk)
    with pytest.raises(OSError), (tiny_disk / "other").open("wb", buffering=0) as other:
        while True:
            if not other.write(b"x" * 512):
                raise OSError(errno.ENOSPC, "full")
    for number in range(500):
        journal.append("event", {"number": number, "text": "x" * 1000})
    assert journal.waiting > 0
    assert verify(tiny_disk).added == ["other"] and not verify(tiny_disk).faults
    (tiny_disk / "other").unlink()
    journal.close()
    numbers = [e.content["number"] for e in entries(tiny_disk) if e.kind == "event"]
    assert numbers == list(range(500))
    found = verify(tiny_disk)
    assert found.is_whole and any("the disk was full" in note for note in found.notes)
