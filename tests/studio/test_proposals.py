"""A detector's table becomes one square a person; what is wrong in it is said with its row."""

from pathlib import Path

import pytest

from kineograph.errors import InputError
from kineograph.media import Box
from kineograph.studio.proposals import DetectedBox, from_boxes, from_motion, read_boxes
from tests.studio.drawn_room import PLACES, draw_room


def table(folder: Path, text: str) -> Path:
    path = folder / "boxes.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_tracks_give_the_median_square_and_a_detector_s_doubts_are_passed_over(tmp_path: Path):
    rows = read_boxes(
        table(
            tmp_path,
            "frame,track_id,x1,y1,x2,y2,conf\n0,7,100,100,140,180,0.9\n1,7,102,100,142,180,0.9\n"
            "2,7,104,100,144,180,0.9\n3,7,0,0,300,200,0.2\n",
        )
    )
    (found,) = from_boxes(rows, "room.mp4", 320, 240)
    assert (found.person, found.box) == ("7", Box(82, 100, 80, 80))


def test_without_tracks_boxes_that_overlap_are_one_person_and_stay_in_the_picture(tmp_path: Path):
    rows = read_boxes(
        table(
            tmp_path,
            "video;x;y;width;height\na/room.mp4;0;0;40;60\nroom.mp4;2;1;40;60\n"
            "room.mp4;200;100;50;50\nother.mp4;90;90;9;9\n",
        )  # fmt: skip
    )
    boxes = [each.box for each in from_boxes(rows, "room.mp4", 320, 240)]
    assert boxes == [Box(0, 0, 60, 60), Box(200, 100, 50, 50)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y,widht,height\n1,2,3,4\n", "unknown column 'widht'. Did you mean 'width'"),
        ("x,y\n1,2\n", "the columns give no box"),
        ("x,y,width,height\n1,2,far,4\n", "row 2: width 'far' is not a number"),
        ("x,y,width,height\n1,2,0,4\n", "row 2: a box of 0x4 has no area"),
        ("", "it is empty"),
    ],
)
def test_a_wrong_table_is_said_with_its_row(tmp_path: Path, text: str, words: str):
    with pytest.raises(InputError, match=words):
        read_boxes(table(tmp_path, text))


def test_a_box_outside_the_picture_is_said():
    rows = [DetectedBox(4, "", "", Box(500, 10, 20, 20))]
    with pytest.raises(InputError, match="row 4: .* outside the picture of 320x240 of room.mp4"):
        from_boxes(rows, "room.mp4", 320, 240)


def test_motion_is_looked_for_in_spots_of_a_long_video(tmp_path: Path):
    video = draw_room(tmp_path / "long.mp4", seconds=30, rate=10)
    found = from_motion(video, 30.0)
    assert len(found) == len(PLACES)
