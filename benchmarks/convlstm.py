"""ConvLSTM: the input convolution of all steps in one call against one a step.

python -m benchmarks.convlstm
"""

from collections.abc import Callable

import torch
from torch import Tensor

from kineograph.nets.cells import ConvLSTMCell
from kineograph.nets.scan import scan

from .ratio import compare, print_table

STEPS, CHANNELS, UNITS, SIZE = 10, 2048, 256, 7


def step_by_step(cell: ConvLSTMCell, xs: Tensor) -> Tensor:
    """The loop as a tutorial writes it: every step convolves its own input."""
    state, outputs = cell.initial_state(xs[:, 0]), []
    for x in xs.unbind(1):
        output, state = cell(x, state)
        outputs.append(output)
    return torch.stack(outputs, 1)


def hoisted(cell: ConvLSTMCell, xs: Tensor) -> Tensor:
    """The walk that all our networks take."""
    return scan(cell, xs)[0]


def forward(walk: Callable[[ConvLSTMCell, Tensor], Tensor]) -> Callable[[], None]:
    cell = ConvLSTMCell(CHANNELS, UNITS)
    xs = torch.randn(1, STEPS, CHANNELS, SIZE, SIZE)

    @torch.inference_mode()
    def call() -> None:
        walk(cell, xs)

    return call


def with_backward(walk: Callable[[ConvLSTMCell, Tensor], Tensor]) -> Callable[[], None]:
    cell = ConvLSTMCell(CHANNELS, UNITS)
    xs = torch.randn(1, STEPS, CHANNELS, SIZE, SIZE, requires_grad=True)

    def call() -> None:
        cell.zero_grad(set_to_none=True)
        walk(cell, xs).square().sum().backward()

    return call


def main(rounds: int = 7) -> None:
    """One layer on maps of 7x7, float32."""
    title = f"ConvLSTM {CHANNELS} -> {UNITS}, {STEPS} steps on {SIZE}x{SIZE}"
    note = f"{torch.get_num_threads()} threads, float32, one clip."
    for name, make in (("forward", forward), ("forward and backward", with_backward)):
        contestants = {
            "input convolved at each step (base)": make(step_by_step),
            "all steps in one convolution": make(hoisted),
        }
        print_table(f"{title}, {name}", compare(contestants, rounds), note)


if __name__ == "__main__":
    main()
