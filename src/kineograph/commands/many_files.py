"""Files of one verb: which of how many is read, and what is written of each is called."""

from collections import Counter
from pathlib import Path

from kineograph.commands.console import Report


def counted(progress: Report, number: int, of: int) -> Report:
    """The same progress, whose note says which file of how many is read."""
    if of == 1:
        return progress
    return lambda done, total, note: progress(done, total, f"{note} · file {number} of {of}")


def stems_of(paths: list[Path]) -> list[str]:
    """Names for what is written: of equal stems, all but the first get a number."""
    seen: Counter[str] = Counter()
    stems = []
    for path in paths:
        seen[path.stem] += 1
        stems.append(path.stem if seen[path.stem] == 1 else f"{path.stem}-{seen[path.stem]}")
    return stems


def make_folder(out: Path) -> None:
    """Now, and not after hours of work. Raises InputError where it cannot be made."""
    from kineograph.errors import InputError

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"--out {out}: cannot be made ({error.strerror}). Choose another folder."
        ) from None
