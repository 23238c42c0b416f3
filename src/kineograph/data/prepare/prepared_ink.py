"""What every preparation of ink ends with: lines kept once, in a folder, with what was left out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.ink.line import INK, InkLine
from kineograph.data.prepared_folder import (
    PreparedFolder,
    refuse_other_kind,
    refuse_other_source,
    write_folder,
)
from kineograph.errors import InputError


@dataclass(frozen=True)
class PreparedInk:
    """A folder of ink, lines of each side, and what was left out and why."""

    data_folder: PreparedFolder[InkLine]
    counts: dict[str, int]  # side, or "not split" -> lines
    problems: list[str]

    @property
    def points(self) -> int:
        """Of all lines together."""
        return sum(len(line.offsets) for line in self.data_folder.records)

    @property
    def writers(self) -> int:
        """How many groups the lines come from."""
        return len({line.group for line in self.data_folder.records if line.group is not None})


def write_prepared_ink(
    out: Path,
    lines: Sequence[InkLine],
    problems: Sequence[str],
    *,
    source_root: Path,
    way: str,
    name: str | None = None,
    command: str = "",
    notes: Iterable[str] = (),
    overwrite: bool = False,
) -> PreparedInk:
    """Write the lines, each once. notes: sentences that a reader of a report must know.

    Raises InputError if there is no line, or if `out` holds other data and `overwrite` is not set.
    """
    refuse_other_kind(out, INK)
    if not overwrite:
        refuse_other_source(out, source_root, way)
    unique = {line.id: line for line in lines}
    times = Counter(line.id for line in lines)
    twice = [
        f"{one}: {count} times the same ink; kept once."
        for one, count in times.items()
        if count > 1
    ]
    problems = [*problems, *twice]
    if not unique:
        first = f" Problems: {len(problems)}, the first: {problems[0]}" if problems else ""
        raise InputError(f"{source_root}: no line of ink can be read, and one is needed.{first}")
    write_folder(
        out,
        INK,
        list(unique.values()),
        name=name or source_root.resolve().name,
        source_root=source_root,
        way=way,
        command=command,
        notes=" ".join(notes),
    )
    counts = Counter(line.split or "not split" for line in unique.values())
    return PreparedInk(PreparedFolder(out, INK), dict(sorted(counts.items())), problems)
