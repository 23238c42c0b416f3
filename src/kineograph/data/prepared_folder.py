"""A prepared folder on disk: it says where the sources are and holds records that speak of them.

DATA/dataset.json    name, source_root, how and when it was prepared, notes
DATA/….jsonl         one record a line, in a file named by its kind
DATA/cache/          what was read of the sources; may be deleted at any time

A new kind of samples needs no more than a `Kind`:

    CAPTIONS = Kind("captions", "captions.jsonl", read_captions, write_captions,
                    lacks="it holds no captions", run="kineograph prepare captions SRC OUT")
    write_folder(path, CAPTIONS, captions, name="Cooking", source_root=videos, way="captions")
    PreparedFolder(path, CAPTIONS).records
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from kineograph.errors import InputError
from kineograph.whole_file import write_text_whole

ABOUT = "dataset.json"
OLDEST_KIND = "clips"  # dataset.json of clips names no kind: once there was no other
MARKS = "annotations.jsonl"  # which people also make by hand, with no dataset.json beside it
IN_WORDS = {
    "lines": "lines of text",
    "ink": "pen strokes",
}  # of kinds that are called otherwise than what they hold

Record = TypeVar("Record")


@dataclass(frozen=True)
class Kind(Generic[Record]):
    """What a prepared folder holds, and how that is read, written and asked for.

    lacks, run: how an error goes on where a folder is not prepared, and what to run then.
    """

    name: str
    file: str
    read: Callable[[Path], list[Record]]
    write: Callable[[Path, Sequence[Record]], None]
    lacks: str
    run: str


@dataclass(frozen=True)
class PreparedFolder(Generic[Record]):
    """A folder made by `kineograph prepare`; the sources themselves stay where they are.

    Raises InputError, here and not later, if `path` is not such a folder, or one of another kind.
    """

    path: Path
    kind: Kind[Record]

    def __post_init__(self) -> None:
        """Look whether the folder is prepared, and for what."""
        if (self.path / ABOUT).is_file() and (held := kind_in(self.path)) != self.kind.name:
            other, asked = in_words(held), in_words(self.kind.name)
            raise InputError(
                f"{self.path}: it holds {other}, and {asked} are asked for. Name a folder of "
                f"{asked}, or a recipe that reads {other}."
            )
        for name in (ABOUT, self.kind.file):
            if not (self.path / name).is_file():
                raise InputError(
                    f"{self.path}: there is no {name} in it, so {self.kind.lacks}. "
                    f"Run: {self.kind.run}."
                )

    @cached_property
    def about(self) -> dict[str, Any]:
        """What dataset.json says."""
        return read_about(self.path)

    @property
    def name(self) -> str:
        """The name that reports print."""
        return str(self.about.get("name", self.path.name))

    @property
    def notes(self) -> str:
        """What a reader of a report must know about the data; may be empty."""
        return str(self.about.get("notes", ""))

    @cached_property
    def source_root(self) -> Path:
        """The folder that the paths in the records are relative to."""
        return (self.path / self.about["source_root"]).resolve()

    @property
    def cache(self) -> Path:
        """Where what was read of the sources is kept."""
        return self.path / "cache"

    @cached_property
    def records(self) -> list[Record]:
        """All records, in the order of the file. Raises InputError if there is none."""
        found = self.kind.read(self.path / self.kind.file)
        if not found:
            raise InputError(f"{self.path / self.kind.file} is empty. Prepare the data set again.")
        return found


def write_folder(
    path: Path,
    kind: Kind[Record],
    records: Sequence[Record],
    *,
    name: str,
    source_root: Path,
    way: str = "",
    command: str = "",
    notes: str = "",
    more: dict[str, Any] | None = None,
) -> None:
    """Write `records` as a prepared folder. Raises InputError if it cannot be written.

    A source root inside of `path` is kept as a relative path, so that both can move together.
    way: the word of `kineograph prepare` that it was prepared by. more: what else dataset.json
    says.
    """
    source_root, home = source_root.resolve(), path.resolve()
    inside = source_root.is_relative_to(home)
    about = {
        "name": name,
        "source_root": (source_root.relative_to(home) if inside else source_root).as_posix(),
        **({} if kind.name == OLDEST_KIND else {"kind": kind.name}),
        **(more or {}),
        "prepared": {
            "kind": way,
            "command": command,
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "notes": notes,
    }
    try:
        path.mkdir(parents=True, exist_ok=True)
        kind.write(path / kind.file, records)
        # Last, since its presence says that the folder is prepared.
        write_text_whole(path / ABOUT, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path}: cannot be written ({reason}). Choose another folder.") from None


def refuse_other_kind(path: Path, kind: Kind[Record]) -> None:
    """Raise InputError if `path` holds what no preparation of this kind wrote: it would be lost."""
    if not (path / ABOUT).is_file() and (path / kind.file).is_file():
        raise InputError(
            f"{path}: its {kind.file} is one that kineograph prepare did not write, perhaps "
            "made by hand. It stays as it is: choose another folder."
        )
    held = _held_in(path)
    if held is not None and held != kind.name:
        raise InputError(
            f"{path}: it holds {in_words(held)}, and these are {in_words(kind.name)}. "
            "Choose another folder."
        )


def _held_in(path: Path) -> str | None:
    """The name of the kind in a folder; None where it is empty, or broken and may be replaced."""
    if not (path / ABOUT).is_file():
        return OLDEST_KIND if (path / MARKS).is_file() else None
    try:
        return kind_in(path)
    except InputError:
        return None


def refuse_other_source(path: Path, source_root: Path, way: str = "") -> None:
    """Raise InputError if `path` already describes other sources than those under `source_root`.

    Or the same ones, read by another way of preparation: their labels and sides are others.
    """
    if not (path / ABOUT).is_file():
        return
    about = read_about(path)
    already = (path / about["source_root"]).resolve()
    before = (about.get("prepared") or {}).get("kind", "")
    if already != source_root.resolve():
        holds = f"the data set made from {already}"
    elif way and before and way != before:
        holds = f"the same source prepared as {before}, and this is {way}"
    else:
        return
    raise InputError(
        f"{path} holds {holds}. Choose another folder, or replace it with --overwrite."
    )


def forget_cache(path: Path) -> None:
    """Delete what was read: a file of the same name, size and time elsewhere would pass for it."""
    shutil.rmtree(path / "cache", ignore_errors=True)


def kind_in(path: Path) -> str:
    """The name of the kind of a prepared folder: "clips", "lines". Raises InputError."""
    return str(read_about(path).get("kind", OLDEST_KIND))


def in_words(kind: str) -> str:
    """What folders of a kind hold, as a person says it."""
    return IN_WORDS.get(kind, kind)


def read_about(path: Path) -> dict[str, Any]:
    """What dataset.json in `path` says. Raises InputError if it is not what prepare wrote."""
    file = path / ABOUT
    try:
        about = json.loads(file.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not JSON ({error}). Prepare the data set again.") from None
    if not isinstance(about, dict) or not isinstance(about.get("source_root"), str):
        raise InputError(f"{file} has no source_root. Prepare the data set again.")
    return about
