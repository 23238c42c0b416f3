"""What a clip is looked at with: the encoder and the cell in a loop say the same."""

import pytest
import torch

from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.encoders.over_time import OverTimeConfig, SightOverTime
from kineograph.nets.models.attending_captioner import AttendingCaptionerConfig
from kineograph.nets.models.captioner import CaptionerConfig

GRID = GridEncoderConfig(stem_filters=4, filters=(6,), blocks=(1,), strides=(2,))
TIME = OverTimeConfig(dense=7, units=5, dropout=0.0)
SIZE, FRAMES = 16, 4


@pytest.fixture
def sight():
    torch.manual_seed(2)
    made = SightOverTime(GRID.build(SIZE), FRAMES, TIME).eval()
    with torch.no_grad():
        for weight in made.parameters():
            weight.add_(0.2 * torch.randn_like(weight))
    return made


def drawn(clips=3):
    chance = torch.Generator().manual_seed(1)
    shape = (clips, FRAMES, 3, SIZE, SIZE)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=chance)


@torch.no_grad()
def test_places_are_the_cell_s_outputs_frame_by_frame_to_one_scale(sight):
    clips = drawn()
    found = sight(clips)
    assert found.shape == (3, 5 + 6, 1, FRAMES)
    assert sight.grid == (1, FRAMES) and sight.features == 5 + 6
    (cell,) = sight.recurrent.layers[0]
    for clip, places in zip(clips, found, strict=True):
        state = None
        for moment in range(FRAMES):
            maps = sight.frame(clip[moment : moment + 1])
            told = sight.norm(maps.reshape(1, -1) @ sight.dense.weight.T + sight.dense.bias).relu()
            state = cell.initial_state(told) if state is None else state
            output, state = cell(told, state)
            place = torch.cat([sight.norm_after(output[0]), maps[0].mean((1, 2))])
            torch.testing.assert_close(places[:, 0, moment], place, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_a_moment_hangs_on_those_before_it_and_on_their_order_alone(sight):
    clips = drawn(1)
    changed = clips.clone()
    changed[:, 2] = 255 - changed[:, 2]
    apart = (sight(clips) - sight(changed))[:, :5].abs().amax((0, 1, 2))
    assert (apart[:2] == 0).all() and (apart[2:] > 1e-4).all()
    assert (sight(clips.flip(1))[..., -1] - sight(clips)[..., -1]).abs().max() > 1e-3


def test_another_number_of_frames_is_refused(sight):
    with pytest.raises(ValueError, match=r"clips of 3 frames: .* built for 4. Give as many."):
        sight(drawn()[:, :3])
    with pytest.raises(ValueError, match="clips of 1 frames"):
        sight(drawn()[:, 0])


@pytest.mark.parametrize("attends", [True, False])
@torch.no_grad()
def test_a_captioner_of_clips_walks_as_it_steps(attends):
    shared = {"grid": GRID, "over_time": TIME, "units": 6, "embedding": 5, "dropout": 0.0}
    config = (
        AttendingCaptionerConfig(attention=4, **shared) if attends else CaptionerConfig(**shared)
    )
    torch.manual_seed(0)
    network = config.build(9, SIZE, FRAMES).eval()
    words = torch.randint(1, 9, (3, 2, 5), generator=torch.Generator().manual_seed(3))
    memory = network.see(drawn())
    outputs, attention = network.walk(memory, words)
    whole = network.say(outputs)
    if attends:
        assert attention.shape == (3, 2, 5, FRAMES)
    state = network.initial_state(memory)
    for place in range(5):
        logits, state, _ = network.step(words[:, 1, place], state, memory)
        torch.testing.assert_close(logits, whole[:, 1, place], atol=1e-5, rtol=1e-4)
    assert config.build(9, SIZE).sight.grid == (4, 4)  # of one frame it is a picture's


@pytest.mark.parametrize("wrong", [{"dense": 0}, {"units": -1}, {"dropout": 1.0}, {"cell": "rnm"}])
def test_numbers_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError):
        OverTimeConfig(**wrong)
