"""Weight and bonus of a language model, chosen on validation lines by character error rate."""

from collections.abc import Callable, Sequence

from kineograph.decoding.alignment import Line
from kineograph.decoding.ctc import prefix_beam
from kineograph.decoding.judges import Judge, Language, Remembered
from kineograph.decoding.ngram import NGram
from kineograph.decoding.prefix_beam import Beam
from kineograph.errors import InputError

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.1)
BONUSES = (0.0, 0.3, 0.6, 1.0, 1.5)

Grid = dict[tuple[float, float], float]  # (weight, bonus) -> character error rate
Progress = Callable[[int, int, str], None]  # done, in all, what is going on


def tune_weights(
    log_probabilities: Sequence[Line],
    truths: Sequence[str],
    model: NGram,
    characters: Sequence[str],
    beam: Beam | None = None,
    progress: Progress | None = None,
) -> tuple[float, float]:
    """The (weight, bonus) with the fewest errors; of equals the least weight, then bonus.

    Arguments and errors as of `error_grid`, which gives the whole table.
    """
    return best_of(
        error_grid(log_probabilities, truths, model, characters, beam=beam, progress=progress)
    )


def best_of(grid: Grid) -> tuple[float, float]:
    """The setting with the lowest rate; of equals the least weight, then the least bonus."""
    return min(grid, key=lambda setting: (grid[setting], *setting))


def error_grid(
    log_probabilities: Sequence[Line],
    truths: Sequence[str],
    model: NGram,
    characters: Sequence[str],
    *,
    beam: Beam | None = None,
    weights: Sequence[float] = WEIGHTS,
    bonuses: Sequence[float] = BONUSES,
    others: Sequence[Judge | Remembered] = (),
    progress: Progress | None = None,
) -> Grid:
    """Character error rate of the lines at every weight and bonus: edits over true characters.

    log_probabilities: (T, V) each; truths: their texts; characters: the alphabet without the blank.
    Give validation lines, never test lines. others: judges that stand by in every search, such as a
    lexicon. Raises InputError where there is nothing to count errors on.
    """
    if len(log_probabilities) != len(truths):
        raise ValueError(
            f"{len(log_probabilities)} lines and {len(truths)} texts: one is needed each"
        )
    length = sum(map(len, truths))
    if not length:
        raise InputError("the validation lines have no text. Give lines whose text is known.")
    from rapidfuzz.distance import Levenshtein

    settings = [(weight, bonus) for weight in weights for bonus in bonuses]
    grid: Grid = {}
    for weight, bonus in settings:
        judges = [*others, Language(model, characters, weight, bonus)]
        readings = prefix_beam(log_probabilities, beam, judges)
        texts = ("".join(characters[i - 1] for i in each.text_indices) for each in readings)
        edits = sum(map(Levenshtein.distance, texts, truths))
        grid[weight, bonus] = edits / length
        if progress:
            note = f"{weight:g}, {bonus:g}: {100 * edits / length:.2f} %"
            progress(len(grid), len(settings), note)
    return grid
