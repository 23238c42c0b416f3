"""The lecture's picture of gradients that vanish, computed: how much the nats of one character
depend on what was read before it, in networks of every cell before they learned anything, and in
trained ones.

python examples/vanishing_gradient.py tinyshakespeare.txt docs/pictures/vanishing_gradient.png \\
    runs/char-lstm-tinyshakespeare
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kineograph.data.characters.corpus import read_corpus
from kineograph.data.text import Alphabet
from kineograph.inspect.characters.gradient import before_training, gradient_through_time
from kineograph.nets.models.character_model import CharacterModelConfig
from kineograph.recipes.writer import load_writer

BACK, LEAST = 100, 1e-12
NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "mingru": "minGRU"}
COLOURS = dict(zip(NAMES, ("#d55e00", "#00855f", "#a8408f", "#8a6d00"), strict=True))
STARTS = {
    "torch": "weights drawn evenly, as torch begins",
    "keras": "orthogonal weights, open forget gate,\nas Kineograph begins",
}


def drawn(axes: Axes, norms: np.ndarray, name: str, colour: str) -> None:
    """One curve, beside its own first entry."""
    axes.plot(norms / norms[0], color=colour, linewidth=2, label=name)


def dressed(axes: Axes, title: str) -> None:
    """A logarithmic axis that all panels share, thin lines, a key."""
    axes.set_yscale("log")
    axes.set(xlim=(0, BACK), ylim=(LEAST, 10), xlabel="characters back")
    axes.set_title(title, fontsize=10, loc="left")
    axes.grid(color="#dfe3e8")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9, loc="lower left")


def main() -> None:
    """Two beginnings, and trained networks beside them if there are any."""
    reads = argparse.ArgumentParser()
    reads.add_argument("text", type=Path)
    reads.add_argument("out", type=Path)
    reads.add_argument("runs", nargs="*")
    reads.add_argument("--units", type=int, default=128)
    asked = reads.parse_args()
    text = read_corpus(asked.text).text[-100_000:]
    alphabet = Alphabet.of([text])
    panels = len(STARTS) + bool(asked.runs)
    figure = Figure(figsize=(3.7 * panels, 3.8), dpi=100, layout="constrained")
    every = figure.subplots(1, panels, sharey=True)
    for axes, (start, title) in zip(every, STARTS.items(), strict=False):
        model = CharacterModelConfig(units=asked.units, layers=1, start=start)
        for cell, network in before_training(model, len(alphabet)).items():
            norms = gradient_through_time(network, text, alphabet, BACK)
            drawn(axes, norms, NAMES[cell], COLOURS[cell])
            print(f"{start}, {NAMES[cell]}: {norms[-1] / norms[0]:.1e} after {BACK}")
        dressed(axes, title)
    for run in asked.runs:
        trained = load_writer(run)
        model = trained.recipe.model
        norms = gradient_through_time(trained.network, text, trained.alphabet, BACK)
        name = f"{NAMES[model.cell]}, {model.layers} × {model.units}"
        drawn(every[-1], norms, name, COLOURS[model.cell])
        print(f"{run}: {norms[-1] / norms[0]:.1e} after {BACK}")
    if asked.runs:
        dressed(every[-1], "trained")
    every[0].set_ylabel("gradient, the last character's is 1")
    figure.savefig(asked.out)


if __name__ == "__main__":
    main()
