"""What a beam costs a captioner: pictures a second beside the greedy sentence, in turns.

    python benchmarks/describing.py --run runs/flickr8k-small --data data/flickr8k --json

Both look at the same pictures anew, 64 at once, one thread; the ratio is the median of the rounds'.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.pictures.cache import build_picture_cache
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.prepared_folder import PreparedFolder
from kineograph.decoding.sequence_beam import SequenceBeam, beam_search, greedy
from kineograph.recipes.captioner import load_captioner
from kineograph.tasks.describe import captioner_speaker

AT_ONCE = 64
ROUNDS = 5


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=256)
    parser.add_argument("--width", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    trained = load_captioner(given.run)
    folder, config = PreparedFolder(given.data, CAPTIONS), trained.recipe.data
    named = [record.picture for record in folder.records][: given.pictures]
    cache, _ = build_picture_cache(
        folder.cache, folder.source_root, named, size_pixels=config.size_pixels, fit=config.fit
    )
    batches = [
        picture_tensor([cache[name] for name in named[begin : begin + AT_ONCE]])
        for begin in range(0, len(named), AT_ONCE)
    ]
    longest, beam = trained.recipe.task.longest, SequenceBeam(given.width, length_power=0.7)

    def said(search: Callable[..., object]) -> float:
        began = time.perf_counter()
        with torch.inference_mode():
            for pictures in batches:
                search(captioner_speaker(trained.network, trained.network.see(pictures), longest))
        return time.perf_counter() - began

    def seen() -> float:
        began = time.perf_counter()
        with torch.inference_mode():
            for pictures in batches:
                trained.network.see(pictures)
        return time.perf_counter() - began

    seen()
    rounds = [(seen(), said(greedy), said(lambda each: beam_search(each, beam)))
              for _ in range(ROUNDS)]  # fmt: skip
    looked, plain, wide = np.array(rounds).T
    found = {
        "pictures": len(named),
        "greedy_pictures_per_second": round(len(named) / float(np.median(plain)), 1),
        "beam_pictures_per_second": round(len(named) / float(np.median(wide)), 1),
        "beam_width": given.width,
        "beam_by_greedy": round(float(np.median(wide / plain)), 2),
        "beam_by_greedy_words_alone": round(
            float(np.median((wide - looked) / (plain - looked))), 2
        ),
        "run": given.run,
    }
    print(json.dumps(found) if given.json else "\n".join(f"{k}: {v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
