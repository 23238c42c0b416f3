"""Pictures with regions on disk, and what is said of those that cannot be."""

import pytest

from kineograph.data.regions.config import RegionsConfig
from kineograph.data.regions.picture import Region, RegionPicture, read_regions, write_regions
from kineograph.errors import InputError
from tests.data.regions.drawn import picture_of


def test_what_was_written_is_read(tmp_path):
    pictures = [
        picture_of(Region(1.5, -2, 30, 20, "a größer kreis"), name="x.tar/1.png"),
        RegionPicture("b.png", 5, 6, (Region(0, 0, 1, 1, "a"),), "house 3", "film", "test"),
    ]
    write_regions(tmp_path / "regions.jsonl", pictures)
    assert read_regions(tmp_path / "regions.jsonl") == pictures


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('{"picture": "a.png"}', "no 'width_pixels'"),
        (
            '{"picture": "a.png", "width_pixels": 9, "height_pixels": 0, "regions": []}',
            "height_pixels 0 is no size. Write a whole number",
        ),
        (
            '{"picture": "a.png", "width_pixels": 9, "height_pixels": 9, "regions": []}',
            "has no regions. Add one",
        ),
        (
            '{"picture": "a.png", "width_pixels": 9, "height_pixels": 9, "regions": '
            '[{"x": 0, "y": 0, "width": 0, "height": 3, "sentence": "a"}]}',
            "a.png: box 0x3 at 0, 0: has no area. Make it wider",
        ),
        (
            '{"picture": "a.png", "width_pixels": 9, "height_pixels": 9, "regions": '
            '[{"x": 0, "y": 0, "width": 2, "height": 3, "sentence": " "}]}',
            "says nothing. Write what the box at 0, 0 shows",
        ),
        (
            '{"picture": "a.png", "width_pixels": 9, "height_pixels": 9, "regions": '
            '[{"x": "0", "y": 0, "width": 2, "height": 3, "sentence": "a"}]}',
            "x '0' is not a number",
        ),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(tmp_path, row, words):
    (tmp_path / "regions.jsonl").write_text(row, encoding="utf-8")
    with pytest.raises(InputError, match="regions.jsonl line 1") as error:
        read_regions(tmp_path / "regions.jsonl")
    assert words in str(error.value)


def test_a_picture_named_twice_is_told(tmp_path):
    write_regions(tmp_path / "regions.jsonl", [picture_of(), picture_of()])
    with pytest.raises(InputError, match="line 2: a.png: named in line 1 already"):
        read_regions(tmp_path / "regions.jsonl")


def test_a_crop_would_cut_boxes_off():
    with pytest.raises(InputError, match="fit 'crop': would cut boxes off"):
        RegionsConfig(fit="crop")
    with pytest.raises(InputError, match="longest 0: is 1 or more"):
        RegionsConfig(longest=0)
