"""One training step of lrcn-kth at batch 4: ours against plain eager torch, and Keras + TensorFlow.

    python -m benchmarks.training

Keras is measured in a process of its own, where it is installed (`pip install tensorflow-cpu`).
"""

import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from kineograph.data.batch import Batch
from kineograph.recipes import RECIPES
from kineograph.tasks import LabelClips

from .ratio import compare, print_table

BATCH, FRAMES, SIZE, CLASSES, STEPS = 4, 40, 60, 6, 6


class Plain(nn.Module):
    """The same network as a tutorial writes it: floats, NCHW, ReLU before pooling."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for filters, pool in zip((16, 32, 64, 64), (4, 3, 2, 2), strict=True):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            layers += [nn.MaxPool2d(pool), nn.Dropout(0.25)]
            channels = filters
        self.encoder = nn.Sequential(*layers, nn.Flatten())
        self.lstm = nn.LSTM(64, 32, batch_first=True)
        self.head = nn.Linear(32, CLASSES)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """frames (B, T, 3, H, W) floats -> logits (B, V)."""
        features = self.encoder(frames.flatten(0, 1)).unflatten(0, frames.shape[:2])
        return self.head(self.lstm(features)[0][:, -1])


def plain_steps() -> Callable[[], object]:
    """Steps of the plain network."""
    torch.manual_seed(0)
    network = Plain()
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    frames = torch.rand(BATCH, FRAMES, 3, SIZE, SIZE)
    targets = torch.arange(BATCH) % CLASSES

    def steps() -> None:
        for _ in range(STEPS):
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(network(frames), targets)
            loss.backward()
            optimiser.step()
            loss.item()

    return steps


def our_steps(precision: str) -> Callable[[], object]:
    """Steps of lrcn-kth as `kineograph train` does them."""
    torch.manual_seed(0)
    network = RECIPES["lrcn-kth"].model.build(CLASSES, (SIZE, SIZE))
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    task = LabelClips("last")
    batch = Batch(
        inputs=torch.randint(0, 256, (BATCH, FRAMES, SIZE, SIZE, 3), dtype=torch.uint8).permute(
            0,
            1,
            4,
            2,
            3,  # as collate leaves it: colours innermost in memory
        ),
        lengths=torch.full((BATCH,), FRAMES),
        targets=torch.arange(BATCH) % CLASSES,
        ids=[""] * BATCH,
    )

    def steps() -> None:
        for _ in range(STEPS):
            optimiser.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                loss, _ = task.loss(network, batch)
            loss.backward()
            optimiser.step()
            loss.item()

    return steps


KERAS = """
import os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np
from keras import layers as L
n = keras.Sequential([keras.Input((40, 60, 60, 3))])
for filters, pool in ((16, 4), (32, 3), (64, 2), (64, 2)):
    n.add(L.TimeDistributed(L.Conv2D(filters, 3, padding="same", activation="relu")))
    n.add(L.TimeDistributed(L.MaxPooling2D(pool)))
    n.add(L.TimeDistributed(L.Dropout(0.25)))
n.add(L.TimeDistributed(L.Flatten()))
n.add(L.LSTM(32))
n.add(L.Dense(6, activation="softmax"))
n.compile("adam", "sparse_categorical_crossentropy")
steps = int(sys.argv[1])
x = np.random.rand(4 * steps, 40, 60, 60, 3).astype("float32")
y = np.arange(4 * steps) % 6
n.fit(x, y, batch_size=4, epochs=1, verbose=0)
for line in sys.stdin:
    began = time.perf_counter()
    n.fit(x, y, batch_size=4, epochs=1, verbose=0)
    print(time.perf_counter() - began, flush=True)
"""


def main() -> None:
    """Ratios over plain eager torch; Keras takes its turns in its own process."""
    contestants = {
        "plain eager torch (base)": plain_steps(),
        "kineograph, f32": our_steps("f32"),
        "kineograph, bf16": our_steps("bf16"),
    }
    found = compare(contestants, rounds=7)
    print_table(
        f"Training lrcn-kth, batch {BATCH}, {torch.get_num_threads()} threads", found,
        f"{STEPS} steps a call.",
    )  # fmt: skip
    if importlib.util.find_spec("tensorflow") is None or importlib.util.find_spec("keras") is None:
        print("\nKeras + TensorFlow: skipped, not installed here (pip install tensorflow-cpu).")
        return
    against_keras()


def against_keras() -> None:
    """Keras' fit and our steps in turns."""
    command = [sys.executable, "-c", KERAS, str(STEPS)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    ours = {precision: our_steps(precision) for precision in ("f32", "bf16")}
    ratios: dict[str, list[float]] = {name: [] for name in ours}
    for _ in range(5):
        process.stdin.write("go\n")
        process.stdin.flush()
        theirs = float(process.stdout.readline())
        for name, steps in ours.items():
            began = time.perf_counter()
            steps()
            ratios[name].append(theirs / (time.perf_counter() - began))
    process.stdin.close()
    process.wait()
    for name, values in ratios.items():
        print(f"\nkineograph {name}: {np.median(values):.1f} × Keras + TensorFlow's fit")


if __name__ == "__main__":
    main()
