"""What every preparation of captions ends with: read each picture once, keep what can be read."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.captions.described import DescribedPicture
from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.pictures.cache import PictureCache, build_picture_cache
from kineograph.data.prepared_folder import (
    PreparedFolder,
    forget_cache,
    refuse_other_kind,
    refuse_other_source,
    write_folder,
)
from kineograph.errors import InputError

SIZE_PIXELS = 112  # of what is read at once; a recipe of another size reads again

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PreparedCaptions:
    """A folder of described pictures with its cache, pictures of each side, what was left out."""

    data_folder: PreparedFolder[DescribedPicture]
    cache: PictureCache
    counts: dict[str, int]  # side, or "not split" -> pictures
    problems: list[str]

    @property
    def sentences(self) -> int:
        """How many there are of all pictures."""
        return sum(len(each.sentences) for each in self.data_folder.records)


def write_prepared_captions(
    out: Path,
    described: Sequence[DescribedPicture],
    problems: Sequence[str],
    *,
    source_root: Path,
    kind: str,
    name: str | None = None,
    command: str = "",
    notes: Iterable[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedCaptions:
    """Write those whose pictures can be read, with their cache; add the others to the problems.

    kind: the word of `kineograph prepare`. notes: sentences that a reader of a report must know.
    progress(done, total) counts pictures. Raises InputError if none is left, or if `out` holds
    other data and `overwrite` is not set.
    """
    refuse_other_kind(out, CAPTIONS)
    if overwrite:
        forget_cache(out)
    else:
        refuse_other_source(out, source_root, kind)
    cache, faults = build_picture_cache(
        out / "cache",
        source_root,
        [each.picture for each in described],
        size_pixels=SIZE_PIXELS,
        progress=progress,
    )
    problems = [*problems, *sorted(faults.values())]
    kept = [each for each in described if each.picture in cache]
    if not kept:
        first = f" Problems: {len(problems)}, the first: {problems[0]}" if problems else ""
        raise InputError(f"{source_root}: no picture can be read, and one is needed.{first}")
    write_folder(
        out,
        CAPTIONS,
        kept,
        name=name or source_root.resolve().name,
        source_root=source_root,
        way=kind,
        command=command,
        notes=" ".join(notes),
    )
    counts = Counter(each.split or "not split" for each in kept)
    folder = PreparedFolder(out, CAPTIONS)
    return PreparedCaptions(folder, cache, dict(sorted(counts.items())), problems)


class Gathered:
    """Sentences as they are found, put together by their pictures; what is wrong is a problem."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._sentences: dict[str, list[str]] = {}

    def add(self, picture: str, sentence: str, where: str) -> None:
        """One sentence of a picture. where: file and line, for the problem if it is empty."""
        if not picture.strip():
            self.problems.append(f"{where}: no picture is named. Name one, or leave the row out.")
        elif not sentence.strip():
            self.problems.append(f"{where}: {picture} has an empty sentence. Write it again.")
        else:
            self._sentences.setdefault(picture, []).append(sentence)

    def described(
        self,
        place: Callable[[str], str] = str,
        side: Callable[[str], str | None] = lambda _: None,
        group: Callable[[str], str | None] = lambda _: None,
    ) -> list[DescribedPicture]:
        """A record of each picture; place: its path below the source root. What is none is one
        more problem.
        """
        found = []
        for picture, sentences in self._sentences.items():
            try:
                found.append(
                    DescribedPicture(
                        place(picture), tuple(sentences), group=group(picture), split=side(picture)
                    )
                )
            except InputError as error:
                self.problems.append(f"{picture}: {error}")
        return found
