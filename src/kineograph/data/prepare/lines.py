"""Pictures of lines with their texts beside them become prepared lines.

SRC/faust/0001.png + SRC/faust/0001.gt.txt    a line of the group "faust"
SRC.tar                                       or the same in one archive

Tesseract, Calamari, OCRopus and kraken keep lines so; `0001.bin.png` and `0001.nrm.png` are known.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from kineograph.data.lines.cache import Progress
from kineograph.data.lines.line import Line
from kineograph.data.pictures.files import Archive, open_archive
from kineograph.data.prepare.prepared_lines import PreparedLines, write_prepared_lines
from kineograph.errors import InputError
from kineograph.media.listing import PICTURE_SUFFIXES, natural_order

TRUTH = ".gt.txt"
VARIANTS = (".bin", ".nrm", ".dew")  # binarised, normalised, dewarped: OCRopus' second suffix


def prepare_lines(
    source: str | Path,
    out: str | Path,
    *,
    group: str | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedLines:
    r"""Every picture below `source`, a folder or a tar file, with a .gt.txt beside it is a line.

    group: a regular expression with one (part) that is searched for in the path below `source`;
    lines with the same part stay on one side of a split. Without it the folder is the group, where
    there are folders. Raises InputError if no line can be read.
    """
    source = Path(source)
    problems: list[str] = []
    if source.is_dir():
        paths = sorted(
            (file.relative_to(source).as_posix() for file in source.rglob("*") if file.is_file()),
            key=natural_order,
        )
        root, before, archive = source, "", None
    elif source.is_file():
        archive = open_archive(source.resolve())
        paths, root, before = sorted(archive.members), source.parent, f"{source.name}/"
    else:
        raise InputError(f"{source}: there is no such folder or tar file. Check the path.")
    lines = []
    group_of = _group_by(group)
    for picture, truth in _pairs(paths, problems):
        try:
            text = _text(source, truth, archive)
            lines.append(Line(before + picture, text, group=group_of(picture)))
        except InputError as error:
            problems.append(_named(picture, str(error)))
    return write_prepared_lines(
        Path(out),
        lines,
        problems,
        source_root=root,
        kind="lines",
        name=name or source.stem,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def _pairs(paths: Iterable[str], problems: list[str]) -> list[tuple[str, str]]:
    """Pictures and their texts; of several pictures of one text the first by name."""
    paths = [path for path in paths if not _is_hidden(path)]
    texts = {path.removesuffix(TRUTH): path for path in paths if path.endswith(TRUTH)}
    pairs: dict[str, str] = {}
    for path in paths:
        stem, dot, suffix = path.rpartition(".")
        if f"{dot}{suffix}".lower() not in PICTURE_SUFFIXES:
            continue
        for variant in VARIANTS:
            stem = stem.removesuffix(variant) if stem not in texts else stem
        if stem not in texts:
            problems.append(f"{path}: there is no {PurePosixPath(stem).name}{TRUTH}. Add its text.")
        else:
            pairs.setdefault(stem, path)
    for stem in texts.keys() - pairs.keys():
        problems.append(
            f"{texts[stem]}: there is no picture beside it. Add it, or remove the text."
        )
    problems.sort()
    return [(picture, texts[stem]) for stem, picture in pairs.items()]


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "__")) for part in path.split("/"))


def _text(source: Path, truth: str, archive: Archive | None) -> str:
    raw = (source / truth).read_bytes() if archive is None else archive.content(truth)
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise InputError(f"{truth}: it is not UTF-8 text. Save it as UTF-8.") from None
    if not text:
        raise InputError(f"{truth}: it is empty. Write what stands there, or remove both.")
    return text


def _named(picture: str, fault: str) -> str:
    return fault if ".png" in fault or TRUTH in fault else f"{picture}: {fault}"


def _group_by(pattern: str | None) -> Callable[[str], str | None]:
    """A function from a path to its group."""
    if pattern is None:
        return lambda path: PurePosixPath(path).parent.as_posix() if "/" in path else None
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise InputError(f"group '{pattern}' is not a regular expression ({error}).") from None
    if compiled.groups != 1:
        raise InputError(
            f"group '{pattern}' has {compiled.groups} parts in ( ), and one names the group. "
            r"Write it as in (\w+)_\d+."
        )

    def group_of(path: str) -> str:
        found = compiled.search(path)
        if not found or not found[1]:
            raise InputError(f"{path}: group '{pattern}' is not found in it. Correct the pattern.")
        return found[1]

    return group_of
