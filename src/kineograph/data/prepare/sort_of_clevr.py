"""Sort-of-CLEVR, drawn here: pictures of six things and twenty questions about each.

The pictures go into OUT/drawn.tar. SRC is the word built-in: nothing is read. As published, 10,000
pictures; 200 were held out there, here 5 % are for validation and 10 % are tested, since 200
pictures leave an interval of two points.
"""

import io
import tarfile
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.drawn_lines import ARCHIVE, whole_number
from kineograph.data.prepare.prepared_pictures import PreparedPictures
from kineograph.data.prepare.prepared_questions import write_prepared_questions
from kineograph.data.prepared_folder import refuse_other_source
from kineograph.data.questions.question import Question
from kineograph.data.toy.sort_of_clevr import ask_about, draw_picture, draw_things
from kineograph.errors import InputError
from kineograph.whole_file import temporary_beside

BUILT_IN = "built-in"
SHARES = {"val": 0.05, "test": 0.10}
LEAST_PICTURES = 20  # so that each side has one


def prepare_sort_of_clevr(
    source: str | Path,
    out: str | Path,
    *,
    count: str | int = 10_000,
    seed: str | int = 0,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedPictures:
    """Draw `count` pictures, each from the seed and its number alone, and ask about them.

    Raises InputError if SRC is not built-in, or if `out` cannot be written or holds other data.
    """
    if str(source) != BUILT_IN:
        raise InputError(f"{source}: sort-of-clevr is drawn, not read. Write {BUILT_IN} for SRC.")
    out, many = Path(out), whole_number("count", count, LEAST_PICTURES)
    first = whole_number("seed", seed, 0)
    if not overwrite:
        refuse_other_source(out, out, "sort-of-clevr")
    questions = _draw(out, many, first, progress)
    return write_prepared_questions(
        out,
        questions,
        [],
        source_root=out,
        way="sort-of-clevr",
        name=name or "Sort-of-CLEVR",
        command=command,
        notes=[
            "Sort-of-CLEVR drawn by the rules of Santoro et al. 2017; questions are words, not "
            "codes; every picture has ten that relate things and ten that do not."
        ],
        overwrite=overwrite,
    )


def _draw(out: Path, count: int, seed: int, progress: Progress | None) -> list[Question]:
    """Pictures into the archive, whole or not at all; the questions about them."""
    questions: list[Question] = []
    unfinished = temporary_beside(out / ARCHIVE)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tarfile.open(unfinished, "w") as tar:
            for number in range(count):
                rng = np.random.default_rng([seed, number])
                things = draw_things(rng)
                member = f"{number:05}.png"
                _add(tar, member, draw_picture(things))
                questions += [
                    Question(
                        f"{ARCHIVE}/{member}", asked, (answer,), kind, split=_side(number, count)
                    )
                    for asked, answer, kind in ask_about(things, rng)
                ]
                if progress:
                    progress(number + 1, count)
        unfinished.replace(out / ARCHIVE)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror or error}). Make room, or choose another "
            "folder."
        ) from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return questions


def _side(number: int, count: int) -> str:
    """The last tenth is tested, what is before it tuned on."""
    test = round(SHARES["test"] * count)
    val = max(1, round(SHARES["val"] * count))
    if number >= count - test:
        return "test"
    return "val" if number >= count - test - val else "train"


def _add(tar: tarfile.TarFile, member: str, picture: np.ndarray) -> None:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG", compress_level=1)
    about = tarfile.TarInfo(member)
    about.size = content.tell()
    content.seek(0)
    tar.addfile(about, content)
