"""Which frames moved an answer: against pixels put in by hand, stepping, and frames that repeat."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from kineograph.data.batch import Batch
from kineograph.data.inputs import Laid
from kineograph.errors import InputError
from kineograph.inspect.clip_plot import clip_plot, spread_over
from kineograph.inspect.occlusion import log_odds, parts_of, watch
from kineograph.inspect.stretch import stretch_of
from kineograph.media.write import write_video
from kineograph.nets.models.lrcn import LRCNConfig
from kineograph.predict.engine import torch_engine
from kineograph.predict.timeline import Reading
from kineograph.recipes import RECIPES, Trained
from kineograph.tasks import LabelByMedian, LabelClips, LabelFrames
from tests.conftest import draw_square

CLASSES = ("left", "right", "still")
FRAMES = 20


def trained(task, sampling="even", frames=FRAMES, path=None):
    """A small network of random weights."""
    recipe = RECIPES["actors"]
    per_frame = isinstance(task, LabelFrames)
    data = replace(
        recipe.data, size_pixels=(24, 24), frames_per_clip=frames, sampling=sampling,
        label_per_frame=per_frame,
    )  # fmt: skip
    torch.manual_seed(2)
    config = LRCNConfig(filters=(4,), pools=(4,), units=5)
    network = config.build(len(CLASSES), (24, 24)).eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(2)
    made = replace(recipe, data=data, model=config, task=task)
    return Trained(path, made, CLASSES, network, FRAMES / 25)


def frames_of(pixels):
    return [Laid(frame, number / 25) for number, frame in enumerate(pixels)]


def looked(pixels, model):
    return watch(frames_of(pixels), model, torch_engine(model.network), lambda done, of: None)


@torch.inference_mode()
def answer(pixels, model):
    """(V,) of all frames, or (T, V), as the task answers."""
    inputs = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2)[None]
    length = torch.tensor([len(pixels)])
    batch = Batch(inputs, length, torch.zeros(1, dtype=torch.long), [""])
    return model.recipe.task.answer(model.network, batch)[0]


@pytest.mark.parametrize("task", [LabelClips("last"), LabelClips("ramp"), LabelByMedian()])
def test_drops_are_those_of_pictures_put_in_by_hand(task):
    pixels, model = draw_square("right", 1, frames=FRAMES), trained(task)
    found = looked(pixels, model)
    whole = answer(pixels, model)
    assert found.answer == pytest.approx(whole, abs=1e-5)
    for out in (0, 1, 7, FRAMES - 1):
        without = pixels.copy()
        without[out] = pixels[out - 1 if out else 1]
        lost = log_odds(whole, found.label) - log_odds(answer(without, model), found.label)
        assert found.drops[out] == pytest.approx(lost, abs=1e-3)
    for (first, end), drop in zip(found.parts, found.part_drops, strict=True):
        without = pixels.copy()
        without[first:end] = pixels[first - 1 if first else end]
        lost = log_odds(whole, found.label) - log_odds(answer(without, model), found.label)
        assert drop == pytest.approx(lost, abs=1e-3)


def test_a_frame_that_repeats_the_one_before_moves_nothing():
    pixels, model = draw_square("left", 3, frames=FRAMES), trained(LabelClips("ramp"))
    pixels[9] = pixels[8]
    found = looked(pixels, model)
    assert found.drops[9] == pytest.approx(0, abs=1e-5)
    assert np.abs(found.drops).max() > 1e-3
    still = looked(np.repeat(pixels[:1], FRAMES, 0), model)
    assert still.drops == pytest.approx(np.zeros(FRAMES), abs=1e-5)


@pytest.mark.parametrize("steps", ["last", "mean", "ramp"])
@torch.inference_mode()
def test_the_curve_is_what_stepping_would_have_said(steps):
    pixels, model = draw_square("right", 4, frames=FRAMES), trained(LabelClips(steps))
    found = looked(pixels, model)
    state, said = model.network.initial_state(1), []
    for number, frame in enumerate(pixels, start=1):
        shown = torch.from_numpy(frame).permute(2, 0, 1)[None]
        logits, state = model.network.step(shown, state)
        said.append(logits.softmax(1)[0].numpy())
        weights = {"last": [0] * (number - 1) + [1], "mean": [1] * number}.get(
            steps, range(1, number + 1)
        )
        by_now = np.average(said, axis=0, weights=list(weights))
        assert found.curve[number - 1] == pytest.approx(by_now, abs=1e-5)
    assert found.curve[-1] == pytest.approx(found.answer, abs=1e-5)


def test_a_label_per_frame_has_each_frame_s_own_answer():
    pixels, model = draw_square("right", 4, frames=FRAMES), trained(LabelFrames())
    found = looked(pixels, model)
    assert found.curve == pytest.approx(answer(pixels, model), abs=1e-5)
    assert found.answer.sum() == pytest.approx(1, abs=1e-5)


def test_windows_have_no_curve_and_one_frame_cannot_be_left_out():
    pixels = draw_square("left", 5, frames=FRAMES)
    by_windows = looked(pixels, trained(LabelClips("last"), "windows", 8))
    assert by_windows.curve is None and len(by_windows.drops) == FRAMES
    alone = looked(pixels[:1], trained(LabelClips("last")))
    assert alone.drops is None and alone.parts == []
    for found in (by_windows, alone):
        shown = [pixels[place] for place in spread_over(len(found.places))]
        assert clip_plot(found, shown, CLASSES).startswith("<svg")


def test_log_odds_by_hand_and_where_nothing_is_left():
    assert log_odds(np.array([0.75, 0.2, 0.05]), 0) == pytest.approx(np.log(3))
    assert np.isfinite(log_odds(np.array([1.0, 0.0]), 0))


def test_parts_cover_a_clip_and_a_short_one_has_none():
    parts = parts_of(40)
    assert parts[0][0] == 0 and parts[-1][1] == 40
    assert all(one[1] == other[0] for one, other in zip(parts, parts[1:], strict=False))
    assert parts_of(17) == []


def test_of_a_long_video_the_surest_window_or_the_one_asked_for(tmp_path):
    model, path = trained(LabelClips("ramp")), tmp_path / "long.mp4"
    still = np.full((60, 24, 24, 3), 90, np.uint8)
    write_video(path, np.concatenate([still, draw_square("right", 1, frames=8), still]), 25)
    engine = torch_engine(model.network)

    def begins(from_seconds):
        reading = Reading(path, model.recipe.data.looks)
        return stretch_of(path, reading, model, engine, from_seconds)

    asked = begins(1.0)
    assert asked[0].seconds == pytest.approx(1.0) and len(asked) == FRAMES
    surest = begins(None)
    sure = looked([frame.pixels for frame in surest], model).answer.max()
    for start in (0.0, 0.4, 2.0, 2.4):
        other = looked([frame.pixels for frame in begins(start)], model)
        assert sure >= other.answer.max() - 1e-5
    with pytest.raises(InputError, match="--from-seconds says 99. Begin earlier"):
        begins(99.0)
    with pytest.raises(InputError, match="a video begins at 0"):
        begins(-1.0)
