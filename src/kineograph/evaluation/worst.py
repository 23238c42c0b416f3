"""The worst mistakes as film strips: wrong answers that the network was surest of."""

import json
from pathlib import Path

import numpy as np

from kineograph.data.augment import apply
from kineograph.data.clips import ClipDataset
from kineograph.data.copies import change_of
from kineograph.media.write import write_strip
from kineograph.report.answers import Answer
from kineograph.whole_file import write_text_whole

SHOWN = 8  # mistakes
PICTURES = 8  # in a strip


def draw_worst(run: Path, answers: list[Answer], data: ClipDataset) -> None:
    """pictures/worst_01.png … and worst.json, surest mistake first."""
    folder = run / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("worst*"):
        old.unlink()
    clips = {clip.id: clip for clip in data.annotations}
    wrong = [(_sureness(a), a) for a in answers if not a.per_frame and a.truth != a.answer]
    wrong.sort(key=lambda pair: (-pair[0], pair[1].id))
    listed = []
    for number, (sureness, answer) in enumerate(wrong[:SHOWN], 1):
        clip = clips[answer.id]
        frames, seconds = data.cache[clip]
        chosen = np.linspace(0, len(frames) - 1, min(PICTURES, len(frames))).round().astype(int)
        name = f"worst_{number:02}.png"
        captions = [f"{seconds[i] - seconds[0]:.1f} s" for i in chosen]
        shown = np.asarray(frames[chosen])
        if clip.copy_of is not None:  # as the network saw it
            shown = apply(shown, change_of(clip), "rgb")
        write_strip(folder / name, list(shown), captions=captions)
        listed.append(
            {
                "file": name,
                "id": answer.id,
                "truth": answer.truth,
                "answer": answer.answer,
                "probability": sureness,
            }
        )
    text = json.dumps(listed, indent=2, ensure_ascii=False) + "\n"
    write_text_whole(folder / "worst.json", text)


def _sureness(answer: Answer) -> float:
    """The probability that the network gave its answer."""
    (label,) = answer.answers
    (probability,) = answer.probabilities_of(label) or [0.0]
    return probability
