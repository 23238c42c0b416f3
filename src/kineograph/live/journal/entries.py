"""One entry of the evidence journal: a line of canonical JSON, chained to the line before.

    {"content":{…},"hash":…,"kind":"event","number":7,"previous":…,"signature":…,"time":…}

hash: SHA-256 of the entry without `hash` and `signature`. previous: the hash of entry 6; sixty-four
zeros in the first. Canonical: sorted keys, no spaces, ASCII; so an entry has one spelling only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kineograph.live.journal.signing import Signer

FIRST_PREVIOUS = "0" * 64
_TYPES = {
    "content": dict,
    "hash": str,
    "kind": str,
    "number": int,
    "previous": str,
    "signature": str,
    "time": str,
}


@dataclass(frozen=True)
class Entry:
    """What a line says, and whether its own hash fits it."""

    number: int
    time: str  # ISO 8601, UTC
    kind: str
    content: dict[str, Any]
    previous: str
    hash: str
    signature: str

    @property
    def true_hash(self) -> str:
        """The hash that its words have."""
        return sha256(canonical(self._signed())).hexdigest()

    @property
    def line(self) -> bytes:
        """The one way to write it."""
        sealed = self._signed() | {"hash": self.hash, "signature": self.signature}
        return canonical(sealed) + b"\n"

    def _signed(self) -> dict[str, Any]:
        return {
            "content": self.content,
            "kind": self.kind,
            "number": self.number,
            "previous": self.previous,
            "time": self.time,
        }


def seal(
    number: int, time: datetime, kind: str, content: dict[str, Any], previous: str, signer: Signer
) -> Entry:
    """A new entry with its hash and signature."""
    when = time.isoformat(timespec="milliseconds")
    plain = json.loads(canonical(plain_values(content)))
    digest = Entry(number, when, kind, plain, previous, "", "").true_hash
    return Entry(number, when, kind, plain, previous, digest, signer.sign(digest))


def parse(line: bytes) -> Entry | None:
    """The entry of a line without its line end, or None if it is no entry at all."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or {k: type(v) for k, v in fields.items()} != _TYPES:
        return None
    return Entry(**fields)


def canonical(fields: dict[str, Any]) -> bytes:
    """JSON in one spelling: sorted keys, no spaces, ASCII."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def plain_values(value: Any) -> Any:
    """What JSON can hold: other things as their words, numbers without end as null."""
    if isinstance(value, dict):
        return {str(key): plain_values(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(each) for each in value]
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    return str(value)
