"""verify names what was altered, and that alone: one flipped byte anywhere is found."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kineograph.commands import app
from kineograph.errors import InputError
from kineograph.live.evidence.measure import measure_folder
from kineograph.live.evidence.retention import Retention
from kineograph.live.journal.entries import parse, seal
from kineograph.live.journal.journal import JOURNAL, KEY, Journal
from kineograph.live.journal.signing import Signer, public_path
from kineograph.live.journal.verify import verify
from tests.live.drawn_camera import START, fields

FILES = {"clip.mkv": b"packets" * 50, "strip.png": b"picture" * 9, "event.json": b"{}"}


def keep(journal: Journal, number: int) -> str:
    """A folder of evidence as the writer leaves it."""
    name = f"hall/2026-02-14/18301{number}-fight-0000000{number}"
    (journal.folder / name).mkdir(parents=True)
    for file, content in FILES.items():
        (journal.folder / name / file).write_bytes(content + bytes([number]))
    said = {"folder": name, "files": measure_folder(journal.folder / name)}
    journal.append("event", said | {"event": fields(number, number + 1.0), "problems": []})
    return name


@pytest.fixture(scope="module")
def evidence(tmp_path_factory) -> Path:
    """Four events and their journal of six entries."""
    home = tmp_path_factory.mktemp("kept") / "evidence"
    journal = Journal(home)
    for number in range(4):
        keep(journal, number)
    journal.append("stopped", {})
    journal.close()
    return home


@pytest.fixture
def copy(evidence: Path, tmp_path: Path) -> Path:
    return shutil.copytree(evidence, tmp_path / "evidence")


def files_of(home: Path) -> list[str]:
    return sorted(p.relative_to(home).as_posix() for p in home.glob("hall/*/*/*"))


def test_untouched_it_is_whole(evidence: Path):
    found = verify(evidence)
    assert found.is_whole and found.entries == 6
    assert found.whole == files_of(evidence) and len(found.whole) == 12
    assert found.removed == {} and found.notes == []


anywhere = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@anywhere
@given(st.data(), st.integers(1, 255))
def test_a_flipped_byte_of_any_file_names_that_file(evidence: Path, data, flip: int):
    path = evidence / data.draw(st.sampled_from(files_of(evidence)))
    was = path.read_bytes()
    place = data.draw(st.integers(0, len(was) - 1))
    path.write_bytes(was[:place] + bytes([was[place] ^ flip]) + was[place + 1 :])
    try:
        found = verify(evidence)
    finally:
        path.write_bytes(was)
    assert found.altered == [path.relative_to(evidence).as_posix()]
    assert len(found.whole) == 11 and not found.is_whole
    assert not (found.faults or found.added or found.missing or found.unproven)


@anywhere
@given(st.data(), st.integers(1, 255))
def test_a_flipped_byte_of_the_journal_names_that_entry(evidence: Path, data, flip: int):
    path = evidence / JOURNAL
    was = path.read_bytes()
    place = data.draw(st.integers(0, len(was) - 1))
    path.write_bytes(was[:place] + bytes([was[place] ^ flip]) + was[place + 1 :])
    try:
        found = verify(evidence)
    finally:
        path.write_bytes(was)
    number = was[:place].count(b"\n") + 1
    (fault,) = found.faults[:1] if was[place : place + 1] == b"\n" else found.faults
    last = "after entry 5, " if number == 6 else f"entry {number} "
    both = f"entries {number} to {number + 1} cannot be read"  # where a line end was lost
    assert fault.startswith((f"entry {number} ", last, both))
    assert not found.is_whole and not (found.altered or found.missing or found.added)
    own = {f for f in files_of(evidence) if f"/18301{number - 2}-" in f}
    after = {f for f in files_of(evidence) if f"/18301{number - 1}-" in f}
    assert set(found.unproven) in ({*()}, own, own | after)


def lines_of(home: Path) -> list[bytes]:
    return (home / JOURNAL).read_bytes().splitlines(keepends=True)


def test_an_entry_taken_out_is_a_gap_and_its_files_are_unproven(copy: Path):
    lines = lines_of(copy)
    (copy / JOURNAL).write_bytes(b"".join(lines[:2] + lines[3:]))
    found = verify(copy)
    assert found.faults[0] == "entry 3 is missing: a gap in the sequence"
    assert "entry 4 does not follow the one before it" in found.faults[1]
    assert {Path(f).parent.name[:6] for f in found.unproven} == {"183011"}


def test_another_spelling_of_the_same_words_is_an_alteration(copy: Path):
    lines = lines_of(copy)
    lines[3] = lines[3].replace(b',"kind"', b', "kind"')
    (copy / JOURNAL).write_bytes(b"".join(lines))
    assert verify(copy).faults == ["entry 4 was altered: its own hash does not fit it"]


def test_entries_in_another_order_are_named(copy: Path):
    lines = lines_of(copy)
    (copy / JOURNAL).write_bytes(b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]))
    assert any("entry 3 stands after entry 4" in fault for fault in verify(copy).faults)


def test_a_chain_written_anew_by_another_key_is_found(copy: Path, tmp_path: Path):
    """Somebody alters an event and computes all hashes again, but has not the key."""
    forger, previous, written = Signer(tmp_path / "forged.key"), "0" * 64, b""
    for line in lines_of(copy):
        old = parse(line.strip())
        said = json.loads(json.dumps(old.content).replace('"fight"', '"calm"'))
        new = seal(old.number, START, old.kind, said, previous, forger)
        previous, written = new.hash, written + new.line
    (copy / JOURNAL).write_bytes(written)
    found = verify(copy)
    assert found.faults[0] == "entry 1 was not signed by this key" and len(found.faults) == 6
    shutil.copy(public_path(tmp_path / "forged.key"), copy / public_path(KEY))
    assert verify(copy).is_whole  # the folder's own key can be exchanged …
    assert forger.fingerprint == verify(copy).key


def test_a_copy_of_the_key_kept_elsewhere_finds_an_exchanged_one(
    evidence: Path, copy: Path, tmp_path: Path
):
    shutil.rmtree(copy)
    journal = Journal(copy)  # all made anew, with a key of its own
    keep(journal, 1)
    journal.close()
    assert verify(copy).is_whole
    found = verify(copy, public_key=evidence / public_path(KEY))
    assert found.faults[0] == "entry 1 was not signed by this key"


def test_an_end_cut_off_is_seen_by_the_hash_that_was_sent_out(copy: Path):
    sent_out = verify(copy).head
    assert verify(copy, head=sent_out).is_whole
    lines = lines_of(copy)
    (copy / JOURNAL).write_bytes(b"".join(lines[:4]))
    for number in (2, 3):
        shutil.rmtree(next(copy.glob(f"hall/*/18301{number}-*")), ignore_errors=True)
    cut = verify(copy, head=sent_out)
    assert f"no entry has the hash {sent_out}: the journal's end was cut off" in cut.faults[0]


def test_missing_added_and_links_are_named(copy: Path):
    names = files_of(copy)
    (copy / names[0]).unlink()
    (copy / names[1]).unlink()
    (copy / names[1]).symlink_to(copy / names[4])
    (copy / "hall" / "extra.txt").write_text("?")
    (copy / "keys" / "other.key").write_text("?")
    found = verify(copy)
    assert found.missing == [names[0]] and found.altered == [names[1]]
    assert found.added == ["hall/extra.txt", "keys/other.key"] and not found.faults


def test_removed_by_retention_is_not_missing(copy: Path):
    journal = Journal(copy)
    gone = Retention(days=30, most_bytes=900).sweep(journal, lambda event_id: True)
    journal.close()
    assert [name[-1] for name in gone] == ["0", "1"]
    found = verify(copy)
    assert found.is_whole and list(found.removed) == gone and len(found.whole) == 6
    assert not (copy / gone[0]).exists()


def test_what_is_no_evidence_is_said(tmp_path: Path, copy: Path):
    with pytest.raises(InputError, match="has no journal.jsonl .* Name the folder"):
        verify(tmp_path)
    with pytest.raises(InputError, match="is no Ed25519 public key .* Give the journal's"):
        verify(copy, public_key=copy / JOURNAL)
    with pytest.raises(InputError, match="the public key cannot be read .* Give --public-key"):
        verify(copy, public_key=copy / "none.pub")


def test_the_command_says_it_and_its_status(copy: Path, capsys):
    assert app(["verify", str(copy), "--json"], standalone_mode=False) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["is_whole"] and said["entries"] == 6 and len(said["whole"]) == 12
    (copy / files_of(copy)[0]).write_bytes(b"other")
    assert app(["verify", str(copy)], standalone_mode=False) == 1
    out = capsys.readouterr().out
    assert f"altered: {files_of(copy)[0]}" in out and "NOT whole" in out
