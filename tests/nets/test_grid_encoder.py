import pytest
import torch

from kineograph.nets.encoders.grid import GridEncoderConfig, as_places

SMALL = GridEncoderConfig(stem_filters=8, filters=(8, 12), blocks=(2, 1), strides=(1, 2))


@pytest.mark.parametrize("size_pixels", [32, 37])
def test_the_grid_is_as_large_as_it_says(size_pixels):
    network = SMALL.build(size_pixels)
    grid = network(torch.zeros(2, 3, size_pixels, size_pixels, dtype=torch.uint8))
    assert grid.shape == (2, network.features, *network.grid)
    assert network.features == 12 and (grid >= 0).all()


def test_bytes_and_parts_of_one_are_the_same_picture():
    network = SMALL.build(32).eval()
    pictures = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    torch.testing.assert_close(network(pictures), network(pictures / 255))


def test_a_place_sees_its_own_part_of_the_picture():
    network = SMALL.build(32).eval()
    pictures = torch.zeros(1, 3, 32, 32, dtype=torch.uint8)
    before = network(pictures)
    pictures[:, :, 28:, 28:] = 255
    changed = (network(pictures) != before).any(1)[0]
    assert changed[-1, -1] and not changed[0, 0]


def test_places_go_row_by_row():
    grid = torch.arange(2 * 3 * 2 * 4).reshape(2, 3, 2, 4)
    places = as_places(grid)
    assert places.shape == (2, 8, 3)
    torch.testing.assert_close(places[1, 5], grid[1, :, 1, 1])


@pytest.mark.parametrize(
    "changes",
    [{"blocks": (1,)}, {"filters": (0, 8)}, {"stem_stride": 0}, {"dropout": 1.0}, {"filters": ()}],
)
def test_what_cannot_be_built_is_refused(changes):
    with pytest.raises(ValueError, match="Write"):
        GridEncoderConfig(**{"filters": (8, 8), "blocks": (1, 1), "strides": (2, 2), **changes})


def test_other_sizes_and_too_small_ones_are_refused():
    with pytest.raises(ValueError, match="grid of one place"):
        SMALL.build(4)
    with pytest.raises(ValueError, match="built for 32x32"):
        SMALL.build(32)(torch.zeros(1, 3, 32, 30))
