"""What a person's own style is asked of: a network that goes on from lines of the book."""

import tempfile
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

from kineograph.data.ink.formats.write import write_ink_file
from kineograph.data.ink.ink import Ink
from kineograph.data.ink.line import InkLine
from kineograph.errors import InputError
from kineograph.predict.hand import Hand

MOST_CHARACTERS = 600  # written on the page at once; `kineograph sample` writes more
KEPT = 16  # drawings that can still be downloaded
MOST_BIAS = 3.0  # of the slider
MOST_SEED = 2**31

MEDIA = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".html": "text/html; charset=utf-8",
    ".inkml": "application/inkml+xml",
    ".gcode": "text/plain; charset=utf-8",
}


class Wish(NamedTuple):
    """What is to be written, and how."""

    text: str
    bias: float
    seed: int
    own: InkLine | None  # the line that it goes on from; None: the network's own hand


class Desk:
    """A hand that is asked one by one, and the drawings that it made lately."""

    def __init__(self, hand: Hand) -> None:
        if not hand.reads_text:
            raise InputError(
                f"{hand.trained.name}: writes no text, it only goes on scribbling. Give a run of "
                "handwriting-synthesis or handwriting-demo."
            )
        self.hand = hand
        self._lock = threading.Lock()
        self._made: OrderedDict[int, Ink] = OrderedDict()
        self._count = 0

    @property
    def name(self) -> str:
        """The run's name."""
        return self.hand.trained.name

    def write(self, wish: Wish) -> dict[str, Any]:
        """The drawing's number, and whether each row came to its end. Raises InputError."""
        if len(wish.text) > MOST_CHARACTERS:
            raise InputError(
                f"the text has {len(wish.text)} characters, and this page writes "
                f"{MOST_CHARACTERS} at once. Cut it, or use kineograph sample."
            )
        if not (0 <= wish.bias <= MOST_BIAS and 0 <= wish.seed < MOST_SEED):
            raise InputError(f"bias {wish.bias:g}, seed {wish.seed}: reload the page.")
        with self._lock:
            (ink,) = self.hand.write(wish.text, bias=wish.bias, seed=wish.seed, prime=wish.own)
            if not ink.rows:
                raise InputError("nothing came of it. Ask once more, or take another line.")
            self._count += 1
            self._made[self._count] = ink
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
            return {"drawing": self._count, "finished": ink.finished, "rows": len(ink.rows)}

    def file(self, drawing: int, suffix: str) -> tuple[bytes, str]:
        """A drawing in one of the forms, and its media type. Raises InputError."""
        if suffix not in MEDIA:
            raise InputError(f"form '{suffix[:20]}': known are {', '.join(MEDIA)}.")
        with self._lock:
            ink = self._made.get(drawing)
        if ink is None:
            raise InputError("that drawing is no longer kept. Have it written once more.")
        with tempfile.TemporaryDirectory(prefix="kineograph-ink-") as folder:
            path = Path(folder) / f"drawing{suffix}"
            write_ink_file(path, ink)
            return path.read_bytes(), MEDIA[suffix]
