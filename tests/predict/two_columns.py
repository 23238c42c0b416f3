"""A run whose network says of every column: nothing 0.5, a 0.3, b 0.2; a picture of two columns.

Of two columns, paths added up by hand: a 0.5·0.3·2 + 0.3² = 0.39, nothing 0.5² = 0.25,
b 0.5·0.2·2 + 0.2² = 0.24, ab and ba 0.3·0.2 = 0.06. The best path is nothing.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch

from kineograph.data.text import Alphabet
from kineograph.decoding.arpa import read_arpa
from kineograph.decoding.ngram_file import write_ngram
from kineograph.recipes.read_lines import OCR_LINE
from kineograph.recipes.reader import write_reader_file
from kineograph.training.checkpoint import save_weights

PICTURE = np.full((40, 8), 255, np.uint8)
PICTURE[10:30, 2:6] = 0

# what follows what: a line begins with a 0.5, b 0.4, else it is empty; docs/decoding.md has it too
PAIRS = {
    "<s> a": 0.5,
    "<s> b": 0.4,
    "<s> </s>": 0.1,
    "a a": 0.1,
    "a b": 0.8,
    "a </s>": 0.1,
    "b a": 0.1,
    "b </s>": 0.9,
}


def write_run(folder: Path, characters: str = "ab") -> Path:
    """A run without a language of its own; c and so on are never seen."""
    write_reader_file(folder, OCR_LINE, Alphabet(tuple(characters)), "0")
    network = OCR_LINE.model.build(1 + len(characters), OCR_LINE.data.height_pixels)
    said = torch.full((1 + len(characters),), -40.0)
    said[:3] = torch.tensor([0.5, 0.3, 0.2]).log()
    with torch.no_grad():
        network.head.dense.weight.zero_()
        network.head.dense.bias.copy_(said)
    save_weights(folder / "model.safetensors", network)
    return folder


def write_pairs(path: Path) -> Path:
    """PAIRS as an ARPA file."""
    singles = [f"{-99 if name == '<s>' else -0.5}\t{name}" for name in ("<s>", "</s>", "a", "b")]
    pairs = [f"{math.log10(share):.9f}\t{names}" for names, share in PAIRS.items()]
    header = ["\\data\\", "ngram 1=4", f"ngram 2={len(pairs)}", "", "\\1-grams:", *singles]
    path.write_text("\n".join([*header, "", "\\2-grams:", *pairs, "", "\\end\\", ""]))
    return path


def give_language(folder: Path, weight: float, bonus: float) -> None:
    """PAIRS as the run's own language, tuned to this."""
    write_ngram(folder / "language.lm", read_arpa(write_pairs(folder / "pairs.arpa")))
    tuned = {"weight": weight, "bonus": bonus, "width": 16}
    (folder / "decoding.json").write_text(json.dumps(tuned))
