"""Baselines: the commonest label; a forest that sees files and no pixel."""

import numpy as np
import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import write_data_folder
from kineograph.evaluation import baselines
from kineograph.media.write import write_video


def clips(*labels: str) -> list[Annotation]:
    return [Annotation(video=f"{i}.mp4", label=label) for i, label in enumerate(labels)]


def test_the_majority_is_the_training_sides_commonest_label():
    found = baselines.majority(clips("a", "b", "b"), clips("a", "b", "b", "a")).scores
    assert found["accuracy"] == found["balanced_accuracy"] == 0.5
    assert found["macro_f1"] == pytest.approx((0 + 2 / 3) / 2) and found["note"] == "always 'b'"
    assert found["always"] == "b"  # so that a report can name it


def test_of_equals_the_first_by_alphabet():
    assert baselines.majority(clips("b", "a"), clips("a")).scores["accuracy"] == 1.0


@pytest.fixture
def folder(tmp_path):
    """Clips of one class are wider: pixels are noise, the file gives it away."""
    rng = np.random.default_rng(0)
    listed = []
    for number in range(24):
        label = ("narrow", "wide")[number % 2]
        width = 24 if label == "narrow" else 32
        pixels = rng.integers(0, 255, (4, 24, width, 3), dtype=np.uint8)
        write_video(tmp_path / f"{number}.mp4", pixels, 25)
        listed.append(Annotation(video=f"{number}.mp4", label=label))
    return write_data_folder(tmp_path / "data", listed, name="x", source_root=tmp_path)


def test_metadata_alone_finds_what_the_files_give_away(folder):
    train, test = folder.annotations[:16], folder.annotations[16:]
    frames = {clip.id: 4 for clip in folder.annotations}
    found = baselines.metadata(folder, train, test, frames).scores
    assert found["accuracy"] == 1.0 and found["note"].startswith("mostly by")


def test_metadata_that_says_nothing_scores_as_guessing(folder):
    rng = np.random.default_rng(1)
    mixed = [
        Annotation(video=clip.video, label=str(rng.choice(["narrow", "wide"])))
        for clip in folder.annotations
    ]
    found = baselines.metadata(
        folder, mixed[:16], mixed[16:], {clip.id: 4 for clip in mixed}
    ).scores
    assert found["accuracy"] < 0.9


def test_a_clip_that_was_not_decoded_is_not_asked(folder):
    frames = {clip.id: 4 for clip in folder.annotations[:20]}
    found = baselines.metadata(
        folder, folder.annotations[:16], folder.annotations[16:], frames
    ).scores
    assert found["accuracy"] == 1.0


def test_answers_can_be_kept_and_scored_again():
    guess = baselines.majority(clips("a", "b", "b"), clips("a", "b", "b", "a"))
    pairs = [(answer.id, answer.truth, answer.answer) for answer in guess.answers]
    assert pairs == [(a.id, a.label, "b") for a in clips("a", "b", "b", "a")]
