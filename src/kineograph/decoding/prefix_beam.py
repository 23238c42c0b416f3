"""CTC prefix beam search over many lines at once, every beam a row of flat arrays.

A text in the beam carries the probability of all its paths so far, parted by how they end: in a
blank, or in its last character (Hannun et al. 2014, *First-Pass Large Vocabulary Continuous Speech
Recognition using Bi-Directional Recurrent DNNs*, algorithm 1). A column changes them so:

    stays       blank'     = (blank + character) · p(blank)
                character' = character · p(last character)
    grows by c  character' = (blank + character) · p(c)           c differs from the last character
                character' = blank · p(c)                         c is the last character again

and where text + c is in the beam already, the two are one. Probabilities are plain numbers,
divided by the greatest of their beam in each column: what is 300 powers of ten behind is lost.

Texts are ranked by log-probability plus what the judges add. In a column only characters of at
least a given probability are tried, not more than a given number, and always the most probable one.
Columns that leave nothing but the blank come in runs, and each run is taken in one step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kineograph.decoding.alignment import Line
from kineograph.decoding.judges import Remembered
from kineograph.errors import InputError

Numbers = NDArray[np.int64]
Names = NDArray[np.uint64]
NOBODY, DEAD, ROOT = 1, 0, 0x9E3779B97F4A7C15  # names of texts; no text is called 0 or 1
FACTOR, STIR = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Beam:
    """How far to search. Raises InputError for what cannot be.

    width: texts kept after each column. least_probability: characters under it are not tried in
    a column (the most probable one always is); 0 tries all. most_tried: no more characters than
    this in a column, the most probable ones. alternatives: how many texts a reading names.
    """

    width: int = 16
    least_probability: float = 1e-3
    most_tried: int = 24
    alternatives: int = 1

    def __post_init__(self) -> None:
        if self.width < 1:
            raise InputError(f"width {self.width}: a beam keeps at least 1 text. 16 is a good one.")
        if not 0 <= self.least_probability < 1:
            raise InputError(
                f"least_probability {self.least_probability}: must be 0 or more, and less than 1."
            )
        if self.most_tried < 1:
            raise InputError(f"most_tried {self.most_tried}: at least 1 character must be tried.")
        if not 1 <= self.alternatives <= self.width:
            raise InputError(
                f"alternatives {self.alternatives}: must be 1 to the beam's width, {self.width}."
            )


def search(
    lines: Sequence[Line], beam: Beam, judges: Sequence[Remembered]
) -> list[list[tuple[tuple[int, ...], float]]]:
    """For each line some texts as indices, and what the judges add to each, best first.

    None is left where the judges forbid every text that the beam still held.
    """
    columns = _columns(lines, beam.least_probability, beam.most_tried)
    texts = _Texts.begin(len(lines), beam.width, judges)
    tree = _Tree()
    with np.errstate(divide="ignore"):  # log 0 is what it should be
        for place in range(len(columns.blank)):
            alive = int((columns.lengths > place).sum())
            most = int(columns.counts[place, :alive].max())
            column = (
                columns.blank[place, :alive],
                columns.characters[place, :alive, :most],
                columns.probabilities[place, :alive, :most],
            )
            texts.step(alive, *column, tree)
        ranks = texts.final_ranks()
    parents, characters = tree.whole()
    found: list[list[tuple[tuple[int, ...], float]]] = [[] for _ in lines]
    for row, number in enumerate(columns.order):
        for place in np.argsort(-ranks[row], kind="stable")[: beam.alternatives]:
            if np.isfinite(ranks[row, place]):
                text = _text(int(texts.node[row, place]), parents, characters)
                found[number].append((text, float(texts.added[row, place])))
    return found


def _text(node: int, parents: Numbers, characters: Numbers) -> tuple[int, ...]:
    found = []
    while node:
        found.append(int(characters[node]))
        node = int(parents[node])
    return tuple(reversed(found))


@dataclass(frozen=True)
class _Columns:
    """What is tried in each column of each line, (T, B, …), lines with the most columns first."""

    order: Numbers  # which line each row is
    lengths: Numbers  # (B,)
    counts: Numbers  # (T, B) characters tried
    blank: NDArray[np.float64]  # (T, B)
    characters: Numbers  # (T, B, C), padded with 0
    probabilities: NDArray[np.float64]  # (T, B, C), padded with 0


def _columns(lines: Sequence[Line], least_probability: float, most_tried: int) -> _Columns:
    every = np.exp(np.concatenate(lines).astype(np.float64))
    of_line = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    keep = _tried(every, least_probability, most_tried)
    silent: NDArray[np.bool_] = np.logical_not(keep.any(axis=1))
    again = np.zeros(len(every), bool)
    again[1:] = silent[1:] & silent[:-1] & (of_line[1:] == of_line[:-1])
    every, keep, of_line, silent = every[~again], keep[~again], of_line[~again], silent[~again]
    per_line = np.bincount(of_line, minlength=len(lines))
    order = np.argsort(-per_line, kind="stable")
    row = np.argsort(order)[of_line]
    place = np.arange(len(of_line)) - (np.cumsum(per_line) - per_line)[of_line]
    shape = (int(per_line.max(initial=0)), len(lines))
    counts = np.zeros(shape, np.int64)
    counts[place, row] = keep.sum(axis=1)
    blank = np.zeros(shape)
    blank[place, row] = np.where(silent, 1.0, every[:, 0])
    column, character = np.nonzero(keep)
    number = np.arange(len(column)) - (np.cumsum(keep.sum(axis=1)) - keep.sum(axis=1))[column]
    characters = np.zeros((*shape, int(counts.max(initial=0))), np.int64)
    probabilities = np.zeros(characters.shape)
    at = place[column], row[column], number
    characters[at], probabilities[at] = character, every[column, character]
    return _Columns(order, per_line[order], counts, blank, characters, probabilities)


def _tried(
    every: NDArray[np.float64], least_probability: float, most_tried: int
) -> NDArray[np.bool_]:
    """(T, V) which characters: probable enough, among the most probable ones, or the most."""
    keep = every >= least_probability
    if len(every):
        keep[np.arange(len(every)), every.argmax(axis=1)] = True
    keep[:, 0] = False
    crowded = np.flatnonzero(keep.sum(axis=1) > most_tried)
    if len(crowded):
        last = np.partition(every[crowded, 1:], -most_tried, axis=1)[:, -most_tried, None]
        keep[crowded] &= every[crowded] >= last
    return keep & (every > 0)


class _Tree:
    """All texts that ever were in a beam: each is another one and a character; 0 is the empty."""

    def __init__(self) -> None:
        self._parents, self._characters = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)]
        self._count = 1

    def grow(self, parents: Numbers, characters: Numbers) -> Numbers:
        """(N,) the numbers of new texts."""
        self._parents.append(parents)
        self._characters.append(characters)
        self._count += len(parents)
        return np.arange(self._count - len(parents), self._count)

    def whole(self) -> tuple[Numbers, Numbers]:
        """The parent and the last character of each text."""
        return np.concatenate(self._parents), np.concatenate(self._characters)


@dataclass
class _Texts:
    """The texts of B lines, (B, K) each.

    name and parent tell texts apart without comparing them: 64-bit hashes of the text and of the
    text without its last character. A text that was dropped and found again has the same name.
    """

    blank: NDArray[np.float64]
    character: NDArray[np.float64]
    last: Numbers
    name: Names
    parent: Names
    added: NDArray[np.float64]
    node: Numbers
    states: list[Numbers]  # one array for each judge
    judges: Sequence[Remembered]

    @staticmethod
    def begin(lines: int, width: int, judges: Sequence[Remembered]) -> "_Texts":
        """The empty text alone, everywhere."""
        shape = (lines, width)
        blank = np.zeros(shape)
        blank[:, 0] = 1.0
        name = np.full(shape, DEAD, np.uint64)
        name[:, 0] = ROOT
        return _Texts(
            blank=blank,
            character=np.zeros(shape),
            last=np.zeros(shape, np.int64),
            name=name,
            parent=np.full(shape, NOBODY, np.uint64),
            added=np.zeros(shape),
            node=np.zeros(shape, np.int64),
            states=[np.full(shape, each.judge.start, np.int64) for each in judges],
            judges=judges,
        )

    def final_ranks(self) -> NDArray[np.float64]:
        """(B, K) log-probability and all that was added, also for ending here; `added` with it."""
        for judge, states in zip(self.judges, self.states, strict=True):
            self.added += judge.judge.ends(states.ravel()).reshape(states.shape)
        return np.log(self.blank + self.character) + self.added

    def step(
        self,
        alive: int,
        p_blank: NDArray[np.float64],
        tried: Numbers,
        p_tried: NDArray[np.float64],
        tree: _Tree,
    ) -> None:
        """One column of the first `alive` lines: (B,) blank, (B, C) characters and theirs."""
        now = slice(0, alive)
        total = self.blank[now] + self.character[now]
        stay_blank = total * p_blank[:, None]
        if not tried.shape[1]:  # nothing but blanks
            self.blank[now], self.character[now] = stay_blank, 0.0
            return
        same = self.last[now, :, None] == tried[:, None, :]
        stay_character = self.character[now] * (same * p_tried[:, None, :]).sum(axis=2)
        grown = np.where(same, self.blank[now, :, None], total[:, :, None]) * p_tried[:, None, :]
        self._merge(alive, same, stay_character, grown)
        places = [j.places(s[now]) for j, s in zip(self.judges, self.states, strict=True)]
        added = np.repeat(self.added[now, :, None], tried.shape[1], axis=2)
        for judge, place in zip(self.judges, places, strict=True):
            added += judge.weights(place[:, :, None], tried[:, None, :])
        stay_rank = np.log(stay_blank + stay_character) + self.added[now]
        choice = _Choice.of(stay_rank, np.log(grown) + added)
        self._renew(choice, tried, places, tree)
        self.blank[now] = choice.take(stay_blank, 0.0)
        self.character[now] = choice.take(stay_character, grown)
        self.added[now] = choice.take(self.added[now], added)
        self._rescale(now)

    def _merge(
        self,
        alive: int,
        same: NDArray[np.bool_],
        stay_character: NDArray[np.float64],
        grown: NDArray[np.float64],
    ) -> None:
        """Where a text of the beam grows into another one of it, that one takes it over."""
        meets = self.parent[:alive, :, None] == self.name[:alive, None, :]
        row, child, parent = np.nonzero(meets)
        if not len(row):
            return
        last_is = same[row, child]
        there = last_is.any(axis=1)
        row, child, parent = row[there], child[there], parent[there]
        place = last_is[there].argmax(axis=1)
        stay_character[row, child] += grown[row, parent, place]
        grown[row, parent, place] = 0.0

    def _renew(self, choice: "_Choice", tried: Numbers, places: list[Numbers], tree: _Tree) -> None:
        """Names, last characters, tree and judges' states of the texts that were chosen."""
        rows, source, grows = choice.rows, choice.source, choice.grows
        now = slice(0, len(rows))
        characters = tried[rows, choice.which]
        names = self.name[rows, source]
        self.parent[now] = np.where(grows, names, self.parent[rows, source])
        self.name[now] = np.where(grows, _name(names, characters), names)
        self.parent[now][choice.dead], self.name[now][choice.dead] = NOBODY, DEAD
        self.last[now] = np.where(grows, characters, self.last[rows, source])
        nodes = self.node[rows, source]
        nodes[grows] = tree.grow(nodes[grows], characters[grows])
        self.node[now] = nodes
        for judge, states, place in zip(self.judges, self.states, places, strict=True):
            after = judge.after(place[rows, source], characters)
            states[now] = np.where(grows, after, states[rows, source])

    def _rescale(self, now: slice) -> None:
        greatest = (self.blank[now] + self.character[now]).max(axis=1, keepdims=True)
        scale = np.where(greatest > 0, greatest, 1.0)
        self.blank[now] /= scale
        self.character[now] /= scale


@dataclass(frozen=True)
class _Choice:
    """The K best of what stays (B, K) and what grows (B, K, C): where each came from, (B, K)."""

    rows: Numbers  # (B, 1)
    source: Numbers  # the text's old place
    which: Numbers  # the character it grew by, as a place among those tried
    grows: NDArray[np.bool_]
    dead: NDArray[np.bool_]  # there were fewer than K

    @staticmethod
    def of(stay_rank: NDArray[np.float64], grow_rank: NDArray[np.float64]) -> "_Choice":
        """By rank, in no order."""
        lines, width, tried = grow_rank.shape
        ranks = np.concatenate([stay_rank, grow_rank.reshape(lines, -1)], axis=1)
        chosen = np.argpartition(-ranks, width - 1, axis=1)[:, :width]
        rows = np.arange(lines)[:, None]
        dead = ranks[rows, chosen] == -np.inf
        source, which = np.divmod(chosen - width, tried)
        stays = chosen < width
        return _Choice(
            rows=rows,
            source=np.where(stays, chosen, source),
            which=np.where(stays, 0, which),
            grows=~stays & ~dead,
            dead=dead,
        )

    def take(
        self, stayed: NDArray[np.float64], grown: NDArray[np.float64] | float
    ) -> NDArray[np.float64]:
        """(B, K) a number of each chosen text: its own, or of how it grew; 0 if it is dead."""
        new = grown if isinstance(grown, float) else grown[self.rows, self.source, self.which]
        old = stayed[self.rows, self.source]
        return np.where(self.dead, 0.0, np.where(self.grows, new, old))


def _name(names: Names, characters: Numbers) -> Names:
    """The hash of a text and one more character (the stirring of SplitMix64)."""
    mixed = (names ^ (characters.astype(np.uint64) * STIR)) * FACTOR
    mixed = (mixed ^ (mixed >> np.uint64(27))) * STIR
    return mixed ^ (mixed >> np.uint64(31))
