"""Encoders: the function the papers draw, whatever the type, order or number of the frames."""

import pytest
import torch
import torch.nn.functional as F

from kineograph.nets.encoders import ENCODERS
from kineograph.nets.encoders.pixels import Pixels, standardise
from kineograph.nets.encoders.plain import PlainEncoder

SIZE = (48, 50)


def frames(count: int) -> torch.Tensor:
    return torch.randint(0, 256, (count, 3, *SIZE), dtype=torch.uint8)


@pytest.fixture(autouse=True)
def a_seed():
    torch.manual_seed(0)


@pytest.fixture(params=ENCODERS)
def encoder(request):
    return ENCODERS[request.param](SIZE).eval()


def test_it_tells_how_many_features_it_gives(encoder):
    assert encoder(frames(2)).shape == (2, encoder.features)


def test_bytes_are_floats_times_255(encoder):
    pixels = frames(3)
    torch.testing.assert_close(encoder(pixels), encoder(pixels.float() / 255), rtol=0, atol=0)


def test_how_many_frames_go_at_once_changes_nothing(encoder):
    pixels = frames(7)
    expected = encoder(pixels)
    for at_once in (1, 3):
        encoder.cache_bytes = at_once * 16 * 48 * 50 * 4
        torch.testing.assert_close(encoder(pixels), expected)


def test_a_frame_alone_is_the_frame_among_others(encoder):
    pixels = frames(3)
    torch.testing.assert_close(encoder(pixels)[1:2], encoder(pixels[1:2]))


def test_the_order_of_bytes_in_memory_changes_nothing(encoder):
    pixels = frames(3)
    as_decoded = pixels.contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(encoder(as_decoded), encoder(pixels))


def test_autocast_stays_near(encoder):
    pixels = frames(3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = encoder(pixels)
    torch.testing.assert_close(rounded.float(), encoder(pixels), rtol=0.05, atol=0.02)


def test_frames_of_another_size_are_refused(encoder):
    with pytest.raises(ValueError, match="frames of 60x60 pixels: .* built for 48x50. Resize"):
        encoder(torch.zeros(1, 3, 60, 60))


def test_relu_may_come_after_the_pool():
    """The paper's order, spelled out: convolution, ReLU, pool."""
    encoder = PlainEncoder(SIZE).double().eval()
    pixels = torch.rand(2, 3, *SIZE, dtype=torch.float64)
    expected = pixels
    for (conv, *_), pool in zip(encoder.blocks, (4, 3, 2, 2), strict=True):
        expected = F.max_pool2d(F.relu(F.conv2d(expected, conv.weight, conv.bias, padding=1)), pool)
    torch.testing.assert_close(encoder(pixels), expected.flatten(1))


@pytest.mark.parametrize(
    ("size_pixels", "features"), [((60, 60), 64), ((48, 48), 64), ((120, 100), 2 * 2 * 64)]
)
def test_the_paper_s_pools_leave_their_border_out(size_pixels, features):
    encoder = PlainEncoder(size_pixels)
    assert encoder.features == features
    assert encoder(torch.zeros(1, 3, *size_pixels)).shape == (1, features)


def test_one_block_of_pandey():
    encoder = PlainEncoder((64, 64), filters=(16,), pools=(4,))
    assert encoder.features == 16 * 16 * 16


def test_dropout_is_off_outside_training():
    encoder, pixels = PlainEncoder(SIZE), frames(2)
    assert (encoder(pixels) - encoder(pixels)).abs().max() > 0
    encoder.eval()
    torch.testing.assert_close(encoder(pixels), encoder(pixels))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size_pixels": (40, 60)}, "size_pixels=40x60: .* 48x48 pixels or more. Enlarge"),
        ({"pools": (4, 3)}, "pools=\\(4, 3\\): each block needs one number of both"),
        ({"filters": (), "pools": ()}, "each block needs one number of both"),
        ({"pools": (4, 3, 2, 0)}, "pools=0: must be a whole number of 1 or more. Write pools=1"),
        ({"kernel": 4}, "kernel=4: must be odd.* Write kernel=3 or 5"),
        ({"dropout": 1}, "dropout=1: must be a share of at least 0 and below 1"),
    ],
)
def test_blocks_that_cannot_be_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        PlainEncoder(**{"size_pixels": (60, 60), **options})


def test_standardised_frames_look_alike_in_any_light_and_tint():
    encoder = PlainEncoder(SIZE, frames_norm="each").eval()
    pixels = torch.rand(3, 3, *SIZE)
    tinted = 0.5 * pixels + torch.tensor([0.1, 0.2, 0.4]).view(3, 1, 1)
    torch.testing.assert_close(encoder(tinted), encoder(pixels), rtol=0.3, atol=0.05)
    assert not torch.allclose(
        PlainEncoder(SIZE).eval()(tinted), encoder(pixels), rtol=0.3, atol=0.05
    )


def test_a_standardised_frame_has_mean_zero_and_a_flat_one_stays_flat():
    found = standardise(torch.rand(2, 3, 8, 9))
    torch.testing.assert_close(found.mean((2, 3)), torch.zeros(2, 3), atol=1e-6, rtol=0)
    assert standardise(torch.full((1, 3, 4, 4), 0.7)).abs().max() < 1e-5


def test_an_unknown_norm_is_refused():
    with pytest.raises(ValueError, match="frames_norm"):
        PlainEncoder(SIZE, frames_norm="batch")


def depth_frames(count: int) -> torch.Tensor:
    """Far, fine, measured: whole pixels, half and not measured ones among them."""
    found = torch.randint(1, 256, (count, 3, *SIZE), dtype=torch.uint8)
    found[:, 2] = torch.randint(0, 3, (count, *SIZE), dtype=torch.uint8) * 127
    found[:, :2] *= found[:, 2:] > 0
    return found


@pytest.mark.parametrize("norm", ["none", "each"])
def test_what_was_not_measured_counts_nowhere(norm):
    """Other bytes under unmeasured pixels change no number of any pixel."""
    pixels = depth_frames(3)
    other = torch.where(pixels[:, 2:] > 0, pixels, torch.randint_like(pixels, 256))
    other[:, 2] = pixels[:, 2]
    assert (other != pixels).any()
    read = Pixels(("depth",), norm)
    found = read(pixels, torch.float64)
    torch.testing.assert_close(found, read(other, torch.float64))
    assert found[:, :2][(pixels[:, 2:] == 0).expand(-1, 2, -1, -1)].abs().max() == 0


def test_depth_as_numbers_by_hand():
    """3200 mm, 64 mm nearer than the person, measured; beside it nothing."""
    pixels = torch.tensor([[100, 0], [96, 0], [255, 0]], dtype=torch.uint8).view(1, 3, 1, 2)
    found = Pixels(("depth",))(pixels, torch.float64).squeeze()
    torch.testing.assert_close(
        found, torch.tensor([[100 / 255, 0], [-1, 0], [1, 0]], dtype=torch.float64)
    )


def test_standardised_distances_have_mean_zero_over_what_was_measured_however_far():
    read, pixels = Pixels(("depth",), "each"), depth_frames(2)
    pixels[:, 0] = (pixels[:, 0] // 4) * (pixels[:, 2] > 0)
    farther = pixels.clone()
    farther[:, 0] += 150 * (pixels[:, 2] > 0).to(torch.uint8)  # 4.8 m
    found, other = (read(each, torch.float64) for each in (pixels, farther))
    torch.testing.assert_close(found, other, atol=1e-4, rtol=0)
    assert found[:, 0].mean().abs() < 1e-4
    assert 0.7 < float(found[0, 0][pixels[0, 2] > 200].std()) < 0.9  # 0.07 of a least 0.02 more


def test_a_frame_without_any_distance_is_zeros():
    nothing = torch.zeros(1, 3, *SIZE, dtype=torch.uint8)
    assert Pixels(("depth",), "each")(nothing, torch.float32).abs().max() == 0


def test_inputs_laid_together_are_each_read_as_what_they_are():
    pictures, deep = frames(2), depth_frames(2)
    both = Pixels(("rgb", "depth"), "each")(torch.cat([pictures, deep], 1), torch.float32)
    torch.testing.assert_close(both[:, :3], Pixels(("rgb",), "each")(pictures, torch.float32))
    torch.testing.assert_close(both[:, 3:], Pixels(("depth",), "each")(deep, torch.float32))
