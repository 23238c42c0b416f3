"""A picture and the sentences that people wrote of it: one line of JSONL.

    {"picture": "images.tar/1000268201.jpg", "sentences": ["A child climbs up the stairs .", "…"],
     "split": "train"}

Sentences are kept as they were given, in NFC; what their words are, metrics/captions/words.py says.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from kineograph.data.annotation import fault_in_side
from kineograph.data.records import check_fields, parse_rows, read_rows, said_fields, write_records
from kineograph.errors import InputError


@dataclass(frozen=True)
class DescribedPicture:
    """One picture with all its sentences, at least one.

    picture: posix path relative to the source root; of a file in an archive the archive's path and
    then the member's. group, source: what must stay on one side of a split (an album, a film);
    where it comes from. split: the side that the data set's authors gave it.
    """

    picture: str
    sentences: tuple[str, ...]
    group: str | None = None
    source: str | None = None
    split: str | None = None

    def __post_init__(self) -> None:
        """Refuse what describes no picture, in one line; write the sentences in NFC."""
        fault = _fault_in_texts(self) or _fault_in_sentences(self)
        if fault:
            raise InputError(fault)
        plain = tuple(unicodedata.normalize("NFC", each.strip()) for each in self.sentences)
        object.__setattr__(self, "sentences", plain)

    @cached_property
    def id(self) -> str:
        """A short name fit for a file name. It depends on the picture alone."""
        digest = hashlib.sha256(self.picture.encode()).hexdigest()[:10]
        stem = re.sub(r"[^\w.-]+", "_", PurePosixPath(self.picture).stem)[:60]
        return f"{stem}-{digest}"


FIELDS = tuple(field.name for field in fields(DescribedPicture))


def described_from_fields(values: Mapping[str, Any]) -> DescribedPicture:
    """A record from names and JSON values. Raises InputError for unknown or mistyped ones."""
    given = check_fields(values, FIELDS, ("picture", "sentences"), "described picture")
    if isinstance(given["sentences"], list):
        given["sentences"] = tuple(given["sentences"])
    return DescribedPicture(**given)


def read_captions(path: str | Path) -> list[DescribedPicture]:
    """Read captions.jsonl. Raises InputError naming every bad line of it with its number."""
    path = Path(path)
    return parse_rows(
        path.name,
        read_rows(path),
        described_from_fields,
        example='{"picture": "0001.jpg", "sentences": ["A dog runs."]}',
        same=lambda described: described.picture,
        twice=lambda described, first: (
            f"{described.picture}: is in line {first} already. Write all its sentences there."
        ),
    )


def write_captions(path: Path, captions: Iterable[DescribedPicture]) -> None:
    """Write captions.jsonl, whole or not at all. Raises OSError."""
    write_records(path, (said_fields(each, FIELDS) for each in captions))


def _fault_in_texts(described: DescribedPicture) -> str | None:
    for name in ("picture", "group", "source", "split"):
        value = getattr(described, name)
        if value is None and name != "picture":
            continue
        if not isinstance(value, str):
            return f"{name} {value!r} is not a text. Put it in quotes."
        if not value.strip():
            return f"{name} is empty. Write one, or leave the field out."
    return fault_in_side(described.split)


def _fault_in_sentences(described: DescribedPicture) -> str | None:
    sentences = described.sentences
    if isinstance(sentences, str) or not isinstance(sentences, tuple):
        said = str(sentences)[:40]
        return f"{described.picture}: sentences {said!r} is not a list. Write [text] for a single."
    if not sentences:
        return f"{described.picture}: no sentence. Write one, or leave the picture out."
    for sentence in sentences:
        if not isinstance(sentence, str):
            return f"{described.picture}: sentence {sentence!r} is not a text. Put it in quotes."
        if not sentence.strip():
            return f"{described.picture}: a sentence is empty. Write it, or leave it out."
    return None
