"""What every preparation of lines ends with: read each picture once, keep what can be read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.lines.cache import LineCache, Progress, build_line_cache
from kineograph.data.lines.folder import LINES, LinesFolder, write_lines_folder
from kineograph.data.lines.line import Line
from kineograph.data.prepared_folder import forget_cache, refuse_other_kind, refuse_other_source
from kineograph.errors import InputError

HEIGHT_PIXELS = 48
LEAST_WIDTH = 2.5  # pixels a character at that height; the narrowest print has about 10


@dataclass(frozen=True)
class PreparedLines:
    """A folder of lines with its cache, lines of each side, and what was left out and why."""

    data_folder: LinesFolder
    cache: LineCache
    counts: dict[str, int]  # side, or "not split" -> lines
    problems: list[str]

    @property
    def groups(self) -> int:
        """How many works, writers or pages the lines come from."""
        return len({line.group for line in self.data_folder.lines if line.group is not None})


def write_prepared_lines(
    out: Path,
    lines: Sequence[Line],
    problems: Sequence[str],
    *,
    source_root: Path,
    kind: str,
    name: str | None = None,
    command: str = "",
    notes: Iterable[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    """Write the lines whose pictures can be read, with their cache; add the others to the problems.

    notes: sentences that a reader of a report must know. progress(done, total) counts lines.
    Raises InputError if no line is left, or if `out` holds other data and `overwrite` is not set.
    """
    refuse_other_kind(out, LINES)
    if overwrite:
        forget_cache(out)
    else:
        refuse_other_source(out, source_root, kind)
    unique = {line.id: line for line in lines}
    twice = [f"{line.picture}: named twice. Remove one of them." for line in _doubles(lines)]
    cache, faults = build_line_cache(
        out / "cache",
        source_root,
        list(unique.values()),
        height_pixels=HEIGHT_PIXELS,
        progress=progress,
    )
    narrow = {line.id for line in unique.values() if line in cache and _is_narrow(line, cache)}
    crowded = [_describe_narrow(unique[name], cache) for name in sorted(narrow)]
    problems = [*problems, *twice, *sorted(faults.values()), *crowded]
    kept = [line for line in unique.values() if line in cache and line.id not in narrow]
    if not kept:
        first = f" Problems: {len(problems)}, the first: {problems[0]}" if problems else ""
        raise InputError(f"{source_root}: no line can be read, and one is needed.{first}")
    folder = write_lines_folder(
        out,
        kept,
        name=name or source_root.resolve().name,
        source_root=source_root,
        kind=kind,
        command=command,
        notes=" ".join(notes),
    )
    counts = Counter(line.split or "not split" for line in kept)
    return PreparedLines(folder, cache, dict(sorted(counts.items())), problems)


def _doubles(lines: Sequence[Line]) -> list[Line]:
    times = Counter(line.id for line in lines)
    return [line for line in {line.id: line for line in lines}.values() if times[line.id] > 1]


def _is_narrow(line: Line, cache: LineCache) -> bool:
    return cache.width_pixels(line) < LEAST_WIDTH * len(line.text)


def _describe_narrow(line: Line, cache: LineCache) -> str:
    size = f"{cache.width_pixels(line)}x{HEIGHT_PIXELS}"
    return (
        f"{line.picture}: {len(line.text)} characters in {size} pixels have no room. Is it another "
        "line's text?"
    )
