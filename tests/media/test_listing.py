"""Files below a folder in the order in which a person would count them."""

import pytest

from kineograph.errors import InputError
from kineograph.media import VIDEO_SUFFIXES, list_media

MEDIA = ["a/9.png", "a/10.png", "a/x.gif"]
MEDIA += ["b/clip2.mp4", "b/Clip3.AVI", "b/clip10.mp4", "z.webm"]


def test_media_are_listed_in_natural_order_without_what_is_hidden(tmp_path):
    others = ["notes.txt", "b/.clip1.mp4", ".trash/old.mp4", "b/clip2.mp4.part", "labels.csv"]
    for name in MEDIA + others:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in list_media(tmp_path)]
    assert found == MEDIA
    videos = list_media(tmp_path, suffixes=VIDEO_SUFFIXES)
    assert len(videos) == 5 and all(path.suffix != ".png" for path in videos)


def test_names_beyond_ascii_digits_are_counted_too(tmp_path):
    for name in ["кадр10.png", "кадр2.png", "²x.png", "x10y2.png", "x10y10.png", "x9y99.png"]:
        (tmp_path / name).touch()
    found = [path.name for path in list_media(tmp_path)]
    assert found.index("кадр2.png") < found.index("кадр10.png")
    assert found.index("x9y99.png") < found.index("x10y2.png") < found.index("x10y10.png")


def test_an_empty_folder_lists_nothing(tmp_path):
    assert list_media(tmp_path) == []


def test_what_is_no_folder_is_refused(tmp_path):
    (tmp_path / "a.mp4").touch()
    with pytest.raises(InputError, match=r"a\.mp4: a file; media are listed in a folder\. Give"):
        list_media(tmp_path / "a.mp4")
    with pytest.raises(InputError, match=r"clips: no such file or folder\. Check the path"):
        list_media(tmp_path / "clips")
