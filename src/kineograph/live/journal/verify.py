"""Is the evidence what it was? Every file held against the journal, every entry against its chain.

What this finds: a file that is missing, altered or added; an entry that was altered, taken out or
put in; a signature of another key. What it cannot find from the folder alone: entries cut off at
the end together with their files. For that, compare with a hash that left the machine in time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kineograph.data.reviews import REVIEW_LOCK, REVIEWS
from kineograph.errors import InputError
from kineograph.live.evidence.measure import measure_file
from kineograph.live.journal.entries import FIRST_PREVIOUS, Entry, parse
from kineograph.live.journal.journal import (
    JOURNAL,
    KEEPING,
    KEY,
    LOCK,
    REMOVING,
    RESERVE,
    REVIEWED,
    TORN,
)
from kineograph.live.journal.reviews import read_lines
from kineograph.live.journal.signing import fingerprint, is_signed, public_path, read_public
from kineograph.live.sending.outbox import OUTBOX
from kineograph.whole_file import UNFINISHED

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

OWN_FILES = {
    *(JOURNAL, LOCK, TORN, RESERVE, KEY.as_posix(), public_path(KEY).as_posix()),
    *(REVIEWS, REVIEW_LOCK),
    *(f"{OUTBOX}{end}" for end in ("", "-wal", "-shm", "-journal")),
}


@dataclass
class Verdict:
    """What was found; paths are below the evidence folder, with /."""

    entries: int = 0
    head: str = FIRST_PREVIOUS  # the hash of the last entry that can be read
    key: str = ""  # fingerprint of the key that the signatures were held against
    whole: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)  # files that no entry knows
    unproven: list[str] = field(default_factory=list)  # files of entries that cannot be trusted
    removed: dict[str, str] = field(default_factory=dict)  # folder -> when, by retention
    faults: list[str] = field(default_factory=list)  # of the journal, the first broken one first
    notes: list[str] = field(default_factory=list)  # worth knowing, and no fault

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all is wrong."""
        wrong = (self.missing, self.altered, self.added, self.unproven, self.faults)
        return not any(wrong)


def verify(folder: Path, *, public_key: Path | None = None, head: str | None = None) -> Verdict:
    """Hold a folder of evidence against its journal; nothing is written.

    public_key: a copy that was kept elsewhere; the one in the folder proves less. head: the hash of
    an entry that left the machine. Raises InputError where there is no journal or no public key.
    """
    on_disk = set(_files(folder))  # before the journal is read: what it writes now, it knows then
    try:
        content = (folder / JOURNAL).read_bytes()
    except OSError as error:
        raise InputError(
            f"{folder}: has no {JOURNAL} that can be read ({error.strerror}). "
            "Name the folder in which evidence is kept."
        ) from None
    key = read_public(public_key or folder / public_path(KEY))
    verdict = Verdict(key=fingerprint(key))
    chain = _Chain(verdict, key)
    for line in content.split(b"\n")[:-1]:
        chain.add(line)
    chain.end(torn=not content.endswith(b"\n"))
    if head is not None and head.lower() not in chain.hashes:
        verdict.faults.append(
            f"no entry has the hash {head}: the journal's end was cut off, or it is another journal"
        )
    _check_reviews(folder, chain, verdict)
    _check_files(folder, on_disk, chain, verdict)
    return verdict


class _Chain:
    """Reads the journal line by line; says where it is broken, and which files it vouches for."""

    def __init__(self, verdict: Verdict, key: Ed25519PublicKey):
        self._verdict, self._key = verdict, key
        self._number = 0  # of the last entry
        self._links = {FIRST_PREVIOUS}  # what the next entry may name as the hash before
        self._unreadable = 0  # lines since the last entry
        self._line = 0
        self.hashes: set[str] = set()
        self.files: dict[str, dict[str, Any]] = {}  # path -> {"sha256", "bytes"}
        self.reviewed: dict[str, int] = {}  # hash of a mark's line -> its entry
        self.has_holes = False  # some entry cannot be trusted or read, so files may be its own

    def add(self, line: bytes) -> None:
        """The next line."""
        self._line += 1
        entry = parse(line)
        if entry is None:
            self._unreadable += 1
            return
        is_true = entry.line == line + b"\n" and entry.true_hash == entry.hash
        number = self._number + 1 if not is_true and not self._unreadable else entry.number
        self._check_sequence(number)
        if not is_true:
            self._fault(f"entry {number} was altered: its own hash does not fit it")
        elif not is_signed(self._key, entry.hash, entry.signature):
            is_true = False
            self._fault(f"entry {number} was not signed by this key")
        elif entry.previous not in self._links and not self._unreadable:
            self._fault(
                f"entry {number} does not follow the one before it: the chain is broken there"
            )
        self._number, self._unreadable = number, 0
        self._links = {entry.hash, entry.true_hash}
        self.hashes |= {entry.hash} if is_true else set()
        self._verdict.entries += 1
        self._verdict.head = entry.hash
        self._learn(entry, is_true)

    def end(self, torn: bool) -> None:
        """After the last line."""
        if self._unreadable:
            self._fault(f"after entry {self._number}, {self._unreadable} lines cannot be read")
            self.has_holes = True
        if torn:
            self._fault(
                f"after entry {self._number}, the last line is torn: a crash, or it was altered"
            )
            self.has_holes = True
        if not self._line:
            self._fault("the journal is empty")

    def _check_sequence(self, number: int) -> None:
        """Numbers follow each other; what cannot be read stands for those between."""
        first, last = self._number + 1, number - 1
        lost = f"entry {first}" if first == last else f"entries {first} to {last}"
        if self._unreadable:
            place = f"between entry {self._number} and entry {number}"
            self._fault(f"{lost if last >= first else place} cannot be read")
        elif number > first:
            verb = "is" if first == last else "are"
            self._fault(f"{lost} {verb} missing: a gap in the sequence")
        elif number < first:
            self._fault(f"entry {number} stands after entry {self._number}: out of sequence")
        self.has_holes |= bool(self._unreadable) or number != first

    def _learn(self, entry: Entry, is_true: bool) -> None:
        folder, files = entry.content.get("folder"), entry.content.get("files")
        if not is_true:
            self.has_holes = True
        elif entry.kind in KEEPING and isinstance(folder, str) and isinstance(files, dict):
            self.files |= {f"{folder}/{name}": said for name, said in files.items()}
        elif entry.kind == REMOVING and isinstance(folder, str):
            self._verdict.removed[folder] = entry.time
        elif entry.kind == REVIEWED:
            self.reviewed[str(entry.content.get("line"))] = entry.number
        elif entry.kind == "torn":
            self._verdict.notes.append(
                f"before entry {entry.number}, a torn line was set aside in {TORN}"
            )
        elif entry.kind in ("disk-full", "disk-refuses"):
            why = "was full" if entry.kind == "disk-full" else "refused to write"
            self._verdict.notes.append(f"at entry {entry.number}, the disk {why} ({entry.time})")
        if entry.kind == "adopted":
            self._verdict.notes.append(
                f"entry {entry.number}: {folder} was found at a start, after a crash"
            )

    def _fault(self, words: str) -> None:
        self._verdict.faults.append(words)


def _check_reviews(folder: Path, chain: _Chain, verdict: Verdict) -> None:
    """Every mark that was signed stands in review.jsonl as it did."""
    lines = {digest for digest, _ in read_lines(folder)}
    for digest, number in chain.reviewed.items():
        if digest not in lines:
            verdict.faults.append(
                f"the mark of entry {number} is not in {REVIEWS}: it was altered or taken out"
            )
    if waiting := len(lines - set(chain.reviewed)):
        verdict.notes.append(f"{REVIEWS}: {waiting} marks are not signed yet")


def _check_files(folder: Path, on_disk: set[str], chain: _Chain, verdict: Verdict) -> None:
    """Every file that an entry names, then every file that none names."""
    for path, said in sorted(chain.files.items()):
        removed = path.rpartition("/")[0] in verdict.removed
        if path not in on_disk and not (folder / path).is_file():
            if not removed:
                verdict.missing.append(path)
        elif _is_as_said(folder / path, said):
            verdict.whole.append(path)
        else:
            verdict.altered.append(path)
    for path in sorted(on_disk - set(chain.files) - OWN_FILES):
        if any(part.endswith(UNFINISHED) for part in path.split("/")):
            verdict.notes.append(f"{path}: not finished; written just now, or left by a crash")
        elif chain.has_holes and "/" in path:
            verdict.unproven.append(path)
        else:
            verdict.added.append(path)


def _files(folder: Path) -> Iterator[str]:
    """Everything that is no folder; links are not followed."""
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in [*names, *links]:
            yield (Path(place) / name).relative_to(folder).as_posix()


def _is_as_said(path: Path, said: dict[str, Any]) -> bool:
    """Whether a file has the size and the hash that its entry says."""
    try:
        return not path.is_symlink() and measure_file(path) == said
    except OSError:
        return False


def as_fields(verdict: Verdict) -> dict[str, Any]:
    """For `--json`."""
    return asdict(verdict) | {"is_whole": verdict.is_whole}
