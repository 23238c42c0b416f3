"""Live: one ONNX step a frame against recomputing the window of 40 frames in eager torch.

python -m benchmarks.step
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import torch

from kineograph.export.onnx import export
from kineograph.export.run import OnnxFile
from kineograph.recipes import RECIPES, Trained

from .ratio import compare, print_table
from .training import CLASSES, FRAMES, SIZE, Plain

CALLS = 50  # steps a call: one alone is too short to time


def main() -> None:
    """lrcn-kth on one thread."""
    torch.set_num_threads(1)
    recipe = RECIPES["lrcn-kth"]
    network = recipe.model.build(CLASSES, (SIZE, SIZE)).eval()
    plain = Plain().eval()
    window = torch.rand(1, FRAMES, 3, SIZE, SIZE)
    clip = torch.randint(0, 256, (1, FRAMES, 3, SIZE, SIZE), dtype=torch.uint8)
    with tempfile.TemporaryDirectory() as folder:
        trained = Trained(Path(folder), recipe, tuple("abcdef"), network, 2.0)
        export(trained)
        step, whole = OnnxFile(Path(folder) / "step.onnx"), OnnxFile(Path(folder) / "clip.onnx")
        state = step.initial_state()
        frame = clip[:, 0].numpy()
        start = network.initial_state(1)

        def run(call: Callable[[], object]) -> Callable[[], None]:
            @torch.inference_mode()
            def many() -> None:
                for _ in range(CALLS):
                    call()

            return many

        contestants = {
            "window of 40, plain eager torch (base)": run(lambda: plain(window)),
            "window of 40, kineograph in torch": run(lambda: network(clip)),
            "window of 40, ONNX Runtime": run(lambda: whole(frames=clip.numpy())),
            "step, kineograph in torch": run(lambda: network.step(clip[:, 0], start)),
            "step, ONNX Runtime": run(lambda: step.step(frame, state)),
        }
        print_table(
            "A new frame, one thread", compare(contestants, rounds=5), f"{CALLS} frames a call."
        )


if __name__ == "__main__":
    main()
