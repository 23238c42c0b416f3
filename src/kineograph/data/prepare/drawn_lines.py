"""What both ways of drawing lines end with: pictures in one archive, then prepared lines."""

import io
import tarfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.line import Line
from kineograph.data.lines.picture import Grey
from kineograph.data.prepare.prepared_lines import PreparedLines, write_prepared_lines
from kineograph.data.prepared_folder import refuse_other_source
from kineograph.errors import InputError
from kineograph.whole_file import temporary_beside

ARCHIVE = "drawn.tar"

Drawn = tuple[Grey, str, str, str | None]  # picture, text, group, source
Draw = Callable[[int, np.random.Generator], "Drawn | str"]  # or why there is none


def write_drawn_lines(
    out: Path,
    draw: Draw,
    *,
    count: int,
    seed: int,
    kind: str,
    name: str,
    command: str,
    notes: Iterable[str],
    problems: list[str],
    overwrite: bool,
    progress: Progress | None,
) -> PreparedLines:
    """Draw `count` lines, each from the seed and its number alone, into OUT/drawn.tar.

    Raises InputError if `out` cannot be written or holds other data.
    """
    if not overwrite:
        refuse_other_source(out, out, kind)
    lines: list[Line] = []
    unfinished = temporary_beside(out / ARCHIVE)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tarfile.open(unfinished, "w") as tar:
            for number in range(count):
                drawn = draw(number, np.random.default_rng([seed, number]))
                if isinstance(drawn, str):
                    problems.append(drawn)
                    continue
                picture, text, group, source = drawn
                member = f"{number:06}.png"
                _add(tar, member, picture)
                lines.append(Line(f"{ARCHIVE}/{member}", text, group=group, source=source))
                if progress:
                    progress(number + 1, 2 * count)
        unfinished.replace(out / ARCHIVE)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror or error}). Make room, or choose another "
            "folder."
        ) from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return write_prepared_lines(
        out,
        lines,
        list(dict.fromkeys(problems)),
        source_root=out,
        kind=kind,
        name=name,
        command=command,
        notes=notes,
        overwrite=overwrite,
        progress=(lambda done, total: progress(total + done, 2 * total)) if progress else None,
    )


def whole_number(name: str, value: str | int, least: int) -> int:
    """An option that counts. Raises InputError if it is no whole number, or too small."""
    try:
        number = int(value)
    except ValueError:
        raise InputError(f"{name} '{value}' is not a whole number. Write one.") from None
    if number < least:
        raise InputError(f"{name} {number}: it is {least} or more.")
    return number


def share_of(name: str, value: str | float) -> float:
    """An option that is a share. Raises InputError if it is no number from 0 to 1."""
    try:
        share = float(value)
    except ValueError:
        raise InputError(f"{name} '{value}' is no number. Write one from 0 to 1.") from None
    if not 0 <= share <= 1:
        raise InputError(f"{name} {value}: it is a share, from 0 to 1. Try 0.4.")
    return share


def _add(tar: tarfile.TarFile, member: str, picture: Grey) -> None:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG", compress_level=1)
    about = tarfile.TarInfo(member)
    about.size = content.tell()
    content.seek(0)
    tar.addfile(about, content)
