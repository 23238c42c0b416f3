"""A network that writes: the next step of a pen from those before, and from a text to be written.

Source: Graves 2013 (arXiv:1308.0850), sections 4 and 5. LSTM layers one above the other; each sees
the pen's last step, and the output sees every layer. For synthesis the first layer slides a soft
window over the text (nets/text_window.py), and what it sees goes to all layers. The cells have no
peepholes, which the paper's have; other cells than the paper's LSTM fit in its place.

Only the window needs a loop: it depends on the first layer and the first layer on it. The layers
above, and the output, see all points at once.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kineograph.nets.cells import OVER_TIME, LSTMCell
from kineograph.nets.cells.cell import State
from kineograph.nets.checks import check_choice, check_counts
from kineograph.nets.fused import fused_scan
from kineograph.nets.heads.mixture import mixture_outputs
from kineograph.nets.text_window import TextWindow

POINT = 3  # right, up, lifted


class HandState(NamedTuple):
    """Between two points: each layer's state (an LSTM's h and c, each (B, N)), the window (B, V)
    and its places (B, J).

    Without a text the last two are None. phi (B, L) is where the window was looking.
    """

    layers: tuple[State, ...]
    window: Tensor | None = None
    places: Tensor | None = None
    phi: Tensor | None = None


@dataclass(frozen=True)
class HandwritingPredictConfig:
    """Layers of a cell, the mixture, and how far gradients may go."""

    units: int = 900
    layers: int = 1
    mixtures: int = 20
    clip_outputs: float = 100.0  # gradients of the outputs, each; 0 lets them be
    cell: str = "lstm"  # see cells.OVER_TIME

    def __post_init__(self) -> None:
        check_choice(OVER_TIME, cell=self.cell)
        check_counts(units=self.units, layers=self.layers, mixtures=self.mixtures)
        _check_clip(self.clip_outputs)

    def build(self, characters: int, points_per_character: float) -> "Handwriting":
        """The network; what it writes is its own, so the text's measures say nothing."""
        return Handwriting(
            self.units,
            self.layers,
            self.mixtures,
            clip_outputs=self.clip_outputs,
            cell=self.cell,
        )


@dataclass(frozen=True)
class HandwritingSynthesisConfig:
    """The same with a window over the text."""

    units: int = 400
    layers: int = 3
    mixtures: int = 20
    windows: int = 10
    clip_outputs: float = 100.0  # gradients of the outputs, each; 0 lets them be
    cell: str = "lstm"  # see cells.OVER_TIME

    def __post_init__(self) -> None:
        check_choice(OVER_TIME, cell=self.cell)
        check_counts(units=self.units, layers=self.layers, mixtures=self.mixtures)
        check_counts(windows=self.windows)
        _check_clip(self.clip_outputs)

    def build(self, characters: int, points_per_character: float) -> "Handwriting":
        """The network for so many characters, whose window starts at the pace of the ink."""
        return Handwriting(
            self.units,
            self.layers,
            self.mixtures,
            characters=characters,
            windows=self.windows,
            points_per_character=points_per_character,
            clip_outputs=self.clip_outputs,
            cell=self.cell,
        )


class Handwriting(nn.Module):
    """points (B, T, 3), texts (B, L) -> outputs (B, T, 6K + 1) that pen_mixture reads.

    The outputs at t are about points[:, t]; they depend on the points before it alone. Texts are
    indices of characters from 1 on, 0 after each one's end.
    """

    can_step = True

    def __init__(
        self,
        units: int,
        layers: int,
        mixtures: int,
        *,
        characters: int = 0,
        windows: int = 0,
        points_per_character: float = 25.0,
        clip_outputs: float = 100.0,
        cell: str = "lstm",
    ) -> None:
        super().__init__()
        self.units, self.mixtures, self.characters = units, mixtures, characters
        self.clip_outputs = clip_outputs
        self.cell = cell
        self.window = TextWindow(units, windows, points_per_character) if windows else None
        above = POINT + characters + units
        # a GRU whose reset gate comes after its matrix runs in one call
        options: dict[str, Any] = {"reset": "after"} if cell == "gru" else {}
        self.layers: Any = nn.ModuleList(
            OVER_TIME[cell](above if number else POINT + characters, units, **options)
            for number in range(layers)
        )
        self.output = nn.Linear(layers * units, mixture_outputs(mixtures))
        for layer in self.layers:
            _begin(layer)

    @property
    def reads_text(self) -> bool:
        """Whether it is told what to write."""
        return self.window is not None

    def one_hot(self, texts: Tensor) -> Tensor:
        """Texts (B, L) as (B, L, V); padding is all zeros."""
        return F.one_hot(texts, self.characters + 1)[..., 1:].to(self.output.weight.dtype)

    def initial_state(self, like: Tensor) -> HandState:
        """Before the first point, for a batch like `like` (B, …)."""
        layers = tuple(cell.initial_state(like) for cell in self.layers)
        if self.window is None:
            return HandState(layers)
        places = self.window.initial_places(like)
        return HandState(layers, like.new_zeros(like.shape[0], self.characters), places)

    def forward(self, points: Tensor, texts: Tensor | None = None) -> Tensor:
        """Whole lines from their beginning."""
        before = F.pad(points[:, :-1], (0, 0, 1, 0))  # the step before the first one: none
        return self.follow(before, self._text(texts))[0]

    def follow(
        self, steps: Tensor, text: Tensor | None = None, state: HandState | None = None
    ) -> tuple[Tensor, HandState, list[Tensor]]:
        """steps (B, T, 3) that were made -> outputs after each, the state, φ (B, L) of each.

        text: one_hot of the texts.
        """
        state = self.initial_state(steps[:, 0]) if state is None else state
        seen, last = steps, []
        hidden: list[Tensor] = []
        looked: list[Tensor] = []
        window = places = None
        for number, cell in enumerate(self.layers):
            if number == 0 and self.window is not None:
                assert text is not None
                outputs, windows, first, places, looked = self._read(cell, steps, text, state)
                seen = torch.cat([steps, windows], 2)
                window = windows[:, -1]
            else:
                inputs = torch.cat([seen, hidden[-1]], 2) if hidden else seen
                outputs, first = fused_scan(cell, inputs, state.layers[number])
            hidden.append(outputs)
            last.append(first)
        outputs = self.output(torch.cat(hidden, 2))
        if self.clip_outputs and outputs.requires_grad:
            bound = self.clip_outputs
            outputs.register_hook(lambda gradient: gradient.clamp(-bound, bound))
        phi = looked[-1] if looked else None
        return outputs, HandState(tuple(last), window, places, phi), looked

    def step(
        self, point: Tensor, state: HandState, text: Tensor | None = None
    ) -> tuple[Tensor, HandState]:
        """One step: point (B, 3) that was made, text as one_hot -> outputs (B, 6K + 1), state."""
        seen, last = point, []
        hidden: list[Tensor] = []
        window, places, phi = state.window, state.places, None
        for number, (cell, before) in enumerate(zip(self.layers, state.layers, strict=True)):
            if number == 0 and self.window is not None:
                assert window is not None
                h, memory = cell(torch.cat([point, window], 1), before)
                window, places, phi = self.window(h, places, text)
                seen = torch.cat([point, window], 1)
            else:
                h, memory = cell(torch.cat([seen, hidden[-1]], 1) if hidden else seen, before)
            hidden.append(h)
            last.append(memory)
        return self.output(torch.cat(hidden, 1)), HandState(tuple(last), window, places, phi)

    def _read(
        self, cell: Any, steps: Tensor, text: Tensor, state: HandState
    ) -> tuple[Tensor, Tensor, State, Tensor, list[Tensor]]:
        """The first layer and its window, point by point; the points' part of the gates at once."""
        assert self.window is not None and state.window is not None and state.places is not None
        weight = cell.from_input.weight
        points = F.linear(steps, weight[:, :POINT], cell.from_input.bias)
        from_window = weight[:, POINT:]
        memory, window, places = state.layers[0], state.window, state.places
        outputs, windows, looked = [], [], []
        for point in points.unbind(1):
            h, memory = cell.advance(point + F.linear(window, from_window), memory)
            window, places, phi = self.window(h, places, text)
            outputs.append(h)
            windows.append(window)
            looked.append(phi)
        return torch.stack(outputs, 1), torch.stack(windows, 1), memory, places, looked

    def _text(self, texts: Tensor | None) -> Tensor | None:
        if self.window is None:
            return None
        if texts is None:
            raise ValueError("texts=None: this network is told what to write. Give it texts.")
        return self.one_hot(texts)


def _begin(cell: Any) -> None:
    """Biases of zero; an LSTM's forget gate open (Jozefowicz et al. 2015), as Keras does."""
    with torch.no_grad():
        cell.from_input.bias.zero_()
        if isinstance(cell, LSTMCell):
            cell.from_input.bias[cell.units : 2 * cell.units] = 1.0


def _check_clip(value: float) -> None:
    if not value >= 0:
        raise ValueError(f"clip_outputs={value}: 0 or more. Try 100.")
