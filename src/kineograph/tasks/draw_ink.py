"""Ink drawn from a network, point by point: many rows at once, each to its own end.

A row may go on from ink that is there already: it is given to the network first, with its text, and
what follows is in the same hand (Graves 2013, arXiv:1308.0850, section 5.5).

A row ends where the pen, lifted, rests: so the lines that it learned from ended. Where it never
does, the paper's rule ends it: the window looks past the last character (section 5.4).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from kineograph.data.ink.batch import REST
from kineograph.data.ink.known import KnownInk
from kineograph.data.ink.strokes import Offsets
from kineograph.nets.heads.mixture import draw_point, pen_mixture

LIMIT, SPARE = 2.5, 30  # points at most: so many times the usual, and some
LAST = 3.0  # characters' worth of points, after the window left the text, for marks and the end
BATCH = 64  # rows at once
NOTHING = np.zeros((0, 3), dtype=np.float32)
NOTHING_YET = np.zeros((1, 3), dtype=np.float32)
NEAR = 2  # characters from the end of the text: before, a resting pen is chance
NEVER = 10**9


class Row(NamedTuple):
    """What is to be written, and the ink that it goes on from."""

    text: str
    before: Offsets = NOTHING  # normalised (P, 3)
    text_before: str = ""
    points: int | None = None  # without a text: how many are drawn at most


class Drawn(NamedTuple):
    """The new ink alone. finished: the row came to its end by itself."""

    offsets: Offsets  # normalised (T, 3)
    finished: bool


def draw_rows(
    network: Any, known: KnownInk, rows: Sequence[Row], *, bias: float, chance: torch.Generator
) -> list[Drawn]:
    """Rows of like lengths together, BATCH at once; given back in their order.

    network: on the device of `chance`; of it only the step is asked, so an exported one will do.
    """
    pace = known.points_per_character
    limits = np.array(
        [
            int(SPARE + LIMIT * pace * len(row.text)) if row.points is None else row.points
            for row in rows
        ]
    )
    sizes = limits + np.array([len(row.before) for row in rows])
    order = np.argsort(-sizes, kind="stable")
    found: dict[int, Drawn] = {}
    for at in range(0, len(order), BATCH):
        some = order[at : at + BATCH]
        walk = _Walk(network, known, [rows[place] for place in some], limits[some], chance.device)
        found |= zip(some.tolist(), walk.go(bias, chance), strict=True)
    return [found[place] for place in range(len(rows))]


class _Walk:
    """The rows of one batch on their way."""

    def __init__(
        self,
        network: Any,
        known: KnownInk,
        rows: Sequence[Row],
        limits: np.ndarray[Any, Any],
        device: torch.device,
    ) -> None:
        self.network, self.rows, self.device = network, rows, device
        self.patience = round(LAST * known.points_per_character)
        self.begun = np.array([len(row.before) for row in rows])
        # a line's first point is where the paper begins: it is given
        before = [row.before if len(row.before) else NOTHING_YET for row in rows]
        owed = np.array([len(each) for each in before])
        self.given = torch.zeros(len(rows), int(owed.max()), 3)
        for place, each in enumerate(before):
            self.given[place, : len(each)] = torch.from_numpy(each)
        self.given = self.given.to(self.device)
        self.first = torch.from_numpy(owed).to(self.device)
        self.last = torch.from_numpy(self.begun + limits).to(self.device)
        self.lifts = torch.zeros(len(rows), dtype=torch.int64, device=self.device)  # in a row
        self.cut = torch.full((len(rows),), NEVER, device=self.device)  # where it may be cut off
        self.stopping = self.cut.clone()  # where it is, at the latest
        self.done = torch.full_like(self.cut, -1)  # points, where it was at its end
        self._read_texts(known)

    @torch.inference_mode()
    def go(self, bias: float, chance: torch.Generator) -> list[Drawn]:
        """To the last row's end."""
        point = torch.zeros(len(self.rows), 3, device=self.device)
        state = self.network.initial_state(point)
        made: list[Tensor] = []
        for place in range(int(self.last.max())):
            outputs, state = self.network.step(point, state, self.text)
            point = draw_point(pen_mixture(outputs, bias), chance)
            if place < self.given.shape[1]:
                owed = (place < self.first).unsqueeze(1)
                point = torch.where(owed, self.given[:, place], point)
            made.append(point)
            self._look(place, state.phi, point)
            if bool(((self.done >= 0) | (place + 1 >= self.last)).all()):
                break
        return self._drawn(torch.stack(made, 1).cpu().numpy())

    def _look(self, place: int, phi: Tensor | None, point: Tensor) -> None:
        """Whether rows are at their end after this point."""
        new, lifted = place >= self.first, point[:, 2] > 0.5
        self.lifts = torch.where(lifted, self.lifts + 1, 0)
        rests = new & (self.lifts > REST)
        if phi is not None:
            looked = _looks_at(phi, self.ends)
            soon = self.stopping.clamp(max=place + self.patience)
            self.stopping = torch.where(new & (looked >= self.ends), soon, self.stopping)
            rests &= (looked >= self.ends - NEAR) | (self.stopping < NEVER)
        self.done = torch.where((self.done < 0) & rests, place + 1 - REST, self.done)
        left = new & (self.stopping < NEVER) & lifted
        self.cut = torch.where(left, self.cut.clamp(max=place + 1), self.cut)
        over = (self.done < 0) & (place >= self.stopping)
        self.done = torch.where(over, self.cut.clamp(max=place + 1), self.done)

    def _drawn(self, points: Offsets) -> list[Drawn]:
        reads = self.network.reads_text
        stops = torch.where(self.done >= 0, self.done, self.last).tolist()
        found = []
        for row, (stop, done) in enumerate(zip(stops, self.done.tolist(), strict=True)):
            own = points[row, self.begun[row] : max(stop, self.begun[row] + 1)].copy()
            own[-1:, 2] = 1.0
            found.append(Drawn(own, done >= 0 or not reads))
        return found

    def _read_texts(self, known: KnownInk) -> None:
        """one_hot texts with a place after the last character, and where that is (B,)."""
        self.text: Tensor | None = None
        self.ends = torch.zeros(len(self.rows), dtype=torch.int64, device=self.device)
        if not self.network.reads_text:
            return
        joined = [
            f"{row.text_before} {row.text}" if row.text_before else row.text for row in self.rows
        ]
        alphabet = known.alphabet
        signs = [alphabet.encode("".join(c for c in text if c in alphabet)) for text in joined]
        texts = torch.zeros(len(signs), 1 + max(map(len, signs)), dtype=torch.int64)
        for place, target in enumerate(signs):
            texts[place, : len(target)] = torch.tensor(target)
        self.ends = torch.tensor([len(target) for target in signs], device=self.device)
        self.text = self.network.one_hot(texts.to(self.device))


def _looks_at(phi: Tensor, ends: Tensor) -> Tensor:
    """The character that the window sees best, from 0; U where it is past the last one: (B,)."""
    places = torch.arange(phi.shape[1], device=phi.device)
    return phi.masked_fill(places > ends.unsqueeze(1), float("-inf")).argmax(1)
