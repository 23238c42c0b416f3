"""Which text a run learned from: known again by its digest, and found where it was."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from kineograph.data.characters.corpus import read_corpus
from kineograph.data.characters.split import split_text
from kineograph.errors import InputError
from kineograph.recipes.writer import TrainedWriter

STRETCH, STRETCHES = 100, 200  # characters that nobody writes twice by chance; that are looked for


def digest_of(text: str) -> str:
    """Sixteen signs that tell a text from any other."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def learned_digest(trained: TrainedWriter) -> str | None:
    """The digest of the text that the run learned from, if its folder tells."""
    found = _data(trained).get("learned")
    return str(found) if found else None


def learned_text(trained: TrainedWriter) -> str | None:
    """The text itself, if it still is where it was and still the same."""
    place, wanted = _data(trained).get("folder"), learned_digest(trained)
    if not place or not wanted:
        return None
    try:
        text = split_text(read_corpus(Path(place)), trained.recipe.data).train
    except (InputError, OSError):
        return None
    return text if digest_of(text) == wanted else None


def found_again(learned: str, text: str) -> tuple[int, int]:
    """Of stretches of a text, evenly all over it: how many stand in what was learned, how many all.

    So a text is known again that was cut, lengthened or mended since.
    """
    last = max(0, len(text) - STRETCH)
    begins = sorted({round(place) for place in np.linspace(0, last, STRETCHES)})
    return sum(text[begin : begin + STRETCH] in learned for begin in begins), len(begins)


def _data(trained: TrainedWriter) -> dict[str, Any]:
    """What environment.json says of the data; nothing where it is missing."""
    path = trained.folder / "environment.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")).get("data", {})
    return found
