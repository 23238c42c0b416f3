"""Lines to learn a new alphabet from: words of given letters, drawn in every font that has them.

    python examples/your_own_script.py /usr/share/fonts აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ DATA
    kineograph train ocr-line DATA --small --set data.policy=nfc --name script

The words mean nothing: letters are drawn at random, some more often than others. With a text of the
language, `kineograph prepare fonts` alone does better.
"""

import argparse
import tempfile
import unicodedata
from pathlib import Path

import numpy as np

from kineograph.data.lines.fonts import find_fonts
from kineograph.data.prepare.fonts import prepare_fonts

WORDS = 20_000
SIGNS = [",", ".", ";", ":", "!", "?", "-", "(", ")"]


def words_of(letters: str, rng: np.random.Generator) -> str:
    """A text of such words; the n-th letter of a drawn order is 1 / n as frequent as the first."""
    order = rng.permutation(sorted(set(letters)))
    share = 1 / np.arange(3, 3 + len(order))
    words = []
    for _ in range(WORDS):
        word = "".join(rng.choice(order, int(rng.integers(1, 9)), p=share / share.sum()))
        sign = SIGNS[int(rng.integers(len(SIGNS)))] if rng.random() < 0.12 else ""
        words.append(word + sign)
    return " ".join(words)


def main() -> None:
    """Draw them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fonts", type=Path)
    parser.add_argument("letters", help="all of them, one after another")
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    given = parser.parse_args()
    letters = unicodedata.normalize("NFC", given.letters)
    fonts = [font for font in find_fonts(given.fonts)[0] if not font.lacks(letters)]
    with tempfile.TemporaryDirectory() as folder:
        for font in fonts:
            place = Path(folder, font.path.name)
            if not place.exists():
                place.symlink_to(font.path)
        corpus = Path(folder, "corpus.txt")
        corpus.write_text(words_of(letters, np.random.default_rng(0)), encoding="utf-8")
        done = prepare_fonts(
            folder,
            given.out,
            corpus=str(corpus),
            count=given.count,
            longest=30,
            name="a script of one's own",
            overwrite=True,
        )
    families = sorted({line.group for line in done.data_folder.lines if line.group})
    print(f"{len(done.data_folder.lines)} lines in {len(families)} families: {families}")


if __name__ == "__main__":
    main()
