"""What every preparation of questions ends with: look for each picture, keep what can be asked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.pictures.cache import Progress, build_picture_cache
from kineograph.data.pictures.files import PictureFiles
from kineograph.data.prepared_folder import (
    PreparedFolder,
    forget_cache,
    refuse_other_kind,
    refuse_other_source,
    write_folder,
)
from kineograph.data.questions.folder import QUESTIONS
from kineograph.data.questions.question import Question
from kineograph.errors import InputError


@dataclass(frozen=True)
class PreparedQuestions:
    """A folder of questions, questions of each side, and what was left out and why."""

    data_folder: PreparedFolder[Question]
    counts: dict[str, int]  # side, or "not split" -> questions
    kinds: dict[str, int]  # what is asked for -> questions
    pictures: int
    problems: list[str]


def write_prepared_questions(
    out: Path,
    questions: Sequence[Question],
    problems: Sequence[str],
    *,
    source_root: Path,
    kind: str,
    name: str | None = None,
    command: str = "",
    notes: Iterable[str] = (),
    size_pixels: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedQuestions:
    """Write the questions whose pictures are there; add those of the others to the problems.

    size_pixels: pictures are read at once, squashed to this side, so that unreadable ones are known
    now; None only looks whether they are there, since large sets would fill the disk. notes:
    sentences that a reader of a report must know. progress(done, total) counts pictures. Raises
    InputError if no question is left, or if `out` holds other data and `overwrite` is not set.
    """
    refuse_other_kind(out, QUESTIONS)
    if overwrite:
        forget_cache(out)
    else:
        refuse_other_source(out, source_root, kind)
    unique = {question.id: question for question in questions}
    times = Counter(question.id for question in questions)
    twice = [
        f"{question.picture}: '{question.question}' is asked {times[question.id]} times. Kept once."
        for question in unique.values()
        if times[question.id] > 1
    ]
    pictures = list(dict.fromkeys(question.picture for question in unique.values()))
    if size_pixels is None:
        faults = _missing(source_root, pictures, progress)
    else:
        _, faults = build_picture_cache(
            out / "cache",
            source_root,
            pictures,
            size_pixels=size_pixels,
            fit="squash",
            progress=progress,
        )
    kept = [question for question in unique.values() if question.picture not in faults]
    problems = [*problems, *twice, *faults.values()]
    if not kept:
        first = f" Problems: {len(problems)}, the first: {problems[0]}" if problems else ""
        raise InputError(f"{source_root}: no question can be asked, and one is needed.{first}")
    write_folder(
        out,
        QUESTIONS,
        kept,
        name=name or source_root.resolve().name,
        source_root=source_root,
        way=kind,
        command=command,
        notes=" ".join(notes),
    )
    return PreparedQuestions(
        PreparedFolder(out, QUESTIONS),
        dict(sorted(Counter(question.split or "not split" for question in kept).items())),
        dict(Counter(question.kind or "any" for question in kept).most_common()),
        len(pictures) - len(faults),
        problems,
    )


def _missing(root: Path, pictures: Sequence[str], progress: Progress | None) -> dict[str, str]:
    """One line for each picture that is not there."""
    files, faults = PictureFiles(root), {}
    for done, picture in enumerate(pictures, start=1):
        try:
            files.stamp(picture)
        except OSError:
            faults[picture] = f"{picture}: not found in {root}. Put it back, or prepare again."
        if progress and (done % 1000 == 0 or done == len(pictures)):
            progress(done, len(pictures))
    return faults
