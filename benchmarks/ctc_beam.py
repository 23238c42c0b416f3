"""CTC prefix beam with a character model: ours against the same search in plain Python.

python -m benchmarks.ctc_beam

Lines are drawn: 50 characters of made-up words on 200 columns, 99 characters and the blank, most
columns blank, and one character in ten in doubt. Both search with beam 16, an order-6 model, and
the same characters tried in each column; both must find the same texts.
"""

import math
import time

import numpy as np

from kineograph.decoding.ctc import Beam, prefix_beam
from kineograph.decoding.judges import Language, Remembered
from kineograph.decoding.ngram import NGram
from kineograph.decoding.ngram_learn import learn_ngram

from .ratio import compare, print_table

LETTERS = tuple(chr(0x21 + i) for i in range(94)) + (" ", "ä", "ö", "ü", "ß")
COLUMNS, CHARACTERS, LINES = 200, 50, 64
WEIGHT, BONUS = 0.4, 0.6


def draw_text(rng: np.random.Generator, lines: int) -> list[str]:
    """Lines of words drawn from 800, the common ones often."""
    letters = np.array(LETTERS[32:90])
    words = ["".join(rng.choice(letters, rng.integers(2, 9))) for _ in range(800)]
    often = 1 / np.arange(1, 801)
    drawn = rng.choice(words, (lines, CHARACTERS // 2), p=often / often.sum())
    return [" ".join(row)[:CHARACTERS] for row in drawn]


def draw_line(rng: np.random.Generator, text: str, width: int) -> np.ndarray:
    """(T, V) log-probabilities such as a trained reader gives: peaks, and doubt at some of them."""
    logits = rng.normal(0, 1.5, (COLUMNS, width))
    logits[:, 0] += 13
    at = np.linspace(2, COLUMNS - 3, len(text)).astype(int)
    for column, character in zip(at, text, strict=True):
        index = LETTERS.index(character) + 1
        sure = rng.random() > 0.1
        logits[column, 0] -= 8
        logits[column, index] += 13
        logits[column + 1, 0] -= 6 * rng.random()
        logits[column + 1, index] += 12 * rng.random()
        if not sure:
            logits[column, rng.integers(1, width)] += 12
    return (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32)


def plain_beam(
    line: np.ndarray, beam: Beam, model: NGram, remembered: dict[tuple[int, int], tuple]
) -> str:
    """Dictionaries and loops, as tutorials write it; it, too, keeps what the model answered."""
    hypotheses = {(): (0.0, -math.inf, 0.0, model.begin)}  # blank, character, added, state
    token = model.encode(LETTERS)
    for column in line.astype(np.float64):
        order = [int(i) for i in np.argsort(-column)[: beam.most_tried + 1] if i]
        tried = [i for i in order if column[i] >= math.log(beam.least_probability)]
        tried = tried[: beam.most_tried] or order[: int(column.argmax() != 0)]
        after: dict[tuple[int, ...], list[float]] = {}
        for text, (blank, character, added, state) in hypotheses.items():
            both = _add(blank, character)
            old = after.setdefault(text, [-math.inf, -math.inf, added, state])
            old[0] = _add(old[0], both + column[0])
            if text and (text[-1] in tried):
                old[1] = _add(old[1], character + column[text[-1]])
            for index in tried:
                key = (state, index)
                if key not in remembered:
                    log, new = model.step(np.array([state]), token[index - 1 : index])
                    remembered[key] = (WEIGHT * float(log[0]) + BONUS, int(new[0]))
                gain, new_state = remembered[key]
                grown = (*text, index)
                here = after.setdefault(grown, [-math.inf, -math.inf, added + gain, new_state])
                source = blank if text and text[-1] == index else both
                here[1] = _add(here[1], source + column[index])
        ranked = sorted(after.items(), key=lambda item: -(_add(*item[1][:2]) + item[1][2]))
        hypotheses = {text: tuple(values) for text, values in ranked[: beam.width]}
    end = np.array([1])
    final = {
        text: _add(blank, character) + added + WEIGHT * float(model.step(np.array([at]), end)[0][0])
        for text, (blank, character, added, at) in hypotheses.items()
    }
    return "".join(LETTERS[i - 1] for i in max(final, key=lambda text: final[text]))


def _add(a: float, b: float) -> float:
    high, low = (a, b) if a > b else (b, a)
    return high + math.log1p(math.exp(low - high)) if low > -math.inf else high


def main() -> None:
    """Speed in turns, then lines a second of processor time."""
    rng = np.random.default_rng(0)
    model = learn_ngram(draw_text(rng, 2000), order=6)
    texts = draw_text(np.random.default_rng(0), 2000)[-LINES:]
    lines = [draw_line(rng, text, len(LETTERS) + 1) for text in texts]
    beam = Beam(width=16)
    judge = Remembered(Language(model, LETTERS, WEIGHT, BONUS))
    kept: dict[tuple[int, int], tuple] = {}

    def ours() -> list[str]:
        return [
            "".join(LETTERS[i - 1] for i in reading.text_indices)
            for reading in prefix_beam(lines, beam, [judge])
        ]

    def plain() -> list[str]:
        return [plain_beam(line, beam, model, kept) for line in lines]

    same = sum(a == b for a, b in zip(ours(), plain(), strict=True))
    began = time.process_time()
    for _ in range(3):
        ours()
    rate = 3 * LINES / (time.process_time() - began)
    note = (
        f"{LINES} lines of {COLUMNS} columns, {len(LETTERS) + 1} symbols; beam {beam.width}, order "
        f"{model.order} with {len(model):,} n-grams; the same text in {same} of {LINES}. Ours: "
        f"{rate:.0f} lines a second of one core, with spans and confidences."
    )
    contestants = {
        "plain Python (base)": plain,
        "kineograph, a line at a time": lambda: [prefix_beam([x], beam, [judge]) for x in lines],
        "kineograph, all lines at once": ours,
    }
    print_table("CTC prefix beam with a character model", compare(contestants, rounds=3), note)


if __name__ == "__main__":
    main()
