import tarfile

import numpy as np
import pytest
from PIL import Image

from kineograph.data.lines.picture import count_lines, fault_in_picture, scale_line
from kineograph.data.pictures.files import PictureFiles
from kineograph.data.prepare.lines import prepare_lines
from kineograph.errors import InputError
from tests.data.lines.drawn import line_picture, save, save_line


def prepared(tmp_path, **options):
    return prepare_lines(tmp_path / "src", tmp_path / "out", **options)


def spoil(folder, name):
    """One bad line of each kind beside two good ones."""
    save_line(folder, "good one", "Habe nun, ach")
    save_line(folder, "good two", "Philosophie")
    picture = {
        "black": np.zeros((48, 300), np.uint8),
        "blank": np.full((48, 300), 240, np.uint8),
        "narrow": line_picture("Habe", width=90),
        "pixel": np.full((1, 1), 200, np.uint8),
        "long": np.tile(line_picture("Habe", width=100), (1, 600)),
        "two lines": np.concatenate([line_picture("Habe nun, ach"), line_picture("Habe nun, ach")]),
    }.get(name, line_picture("Habe"))
    save(folder / "bad.png", picture)
    text = {
        "narrow": "Habe " * 8 + "nun",
        "empty": " \n",
        "latin": None,
        "several": "Habe\nnun",
    }.get(name, "Habe")
    if name == "latin":
        (folder / "bad.gt.txt").write_bytes("müßig".encode("latin-1"))
    elif name != "no text":
        (folder / "bad.gt.txt").write_text(text, encoding="utf-8")
    if name == "broken":
        whole = (folder / "bad.png").read_bytes()
        (folder / "bad.png").write_bytes(whole[: len(whole) // 2])
    if name == "no picture":
        (folder / "bad.png").unlink()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("black", "bad.png: it is black throughout. Scan it again, or leave it out."),
        ("blank", "bad.png: no ink: all grey levels lie between 240 and 240. Leave it out."),
        ("pixel", "bad.png: 1x1 pixels are too few for a character. Leave it out, or scan again."),
        ("long", "bad.png: 60000x48 pixels: 1250 times as wide as high, and a line is at most 250"),
        ("two lines", "bad.png: 2 lines of text above each other are suspected. Cut it"),
        ("empty", "bad.gt.txt: it is empty. Write what stands there, or remove both."),
        ("latin", "bad.gt.txt: it is not UTF-8 text. Save it as UTF-8."),
        ("several", "bad.png: the text has several lines. Cut the picture into its lines."),
        ("no text", "bad.png: there is no bad.gt.txt. Add its text."),
        ("no picture", "bad.gt.txt: there is no picture beside it. Add it, or remove the text."),
        ("narrow", "bad.png: 43 characters in 90x48 pixels have no room. Is it another line's"),
        ("broken", "bad.png: the picture cannot be decoded"),
    ],
)
def test_a_bad_line_is_one_line_of_problems_and_the_rest_is_kept(tmp_path, name, words):
    spoil(tmp_path / "src", name)
    done = prepared(tmp_path)
    assert [line.text for line in done.data_folder.lines] == ["Habe nun, ach", "Philosophie"]
    assert len(done.problems) == 1 and "\n" not in done.problems[0]
    assert words in done.problems[0]
    assert all(line in done.cache for line in done.data_folder.lines)


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "P", "1", "RGBA", "turned"])
def test_every_kind_of_picture_is_read_as_the_same_grey(tmp_path, mode):
    truth = line_picture("Philosophie", height=48)
    suffix = {"CMYK": "tif", "I;16": "png", "turned": "jpg"}.get(mode, "png")
    path = tmp_path / f"line.{suffix}"
    if mode == "turned":  # the camera was held upright: EXIF 6 is shown turned by 90° clockwise
        exif = Image.Exif()
        exif[0x0112] = 6
        save(path, np.rot90(truth).copy(), exif=exif, quality=95)
    else:
        save(path, truth, mode)
    read = PictureFiles(tmp_path).grey(path.name)
    assert read.shape == truth.shape and read.dtype == np.uint8
    allowed = {"1": 60, "turned": 4}.get(mode, 1.5)
    assert np.abs(read.astype(float) - truth).mean() < allowed
    assert fault_in_picture(read) is None


def test_a_folder_without_lines_and_one_that_is_not_there(tmp_path):
    save(tmp_path / "src" / "a.png", line_picture())
    with pytest.raises(InputError, match="no line can be read, and one is needed. Problems: 1"):
        prepared(tmp_path)
    with pytest.raises(InputError, match="no such folder or tar file"):
        prepare_lines(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "no.tar").write_bytes(b"x" * 2000)
    with pytest.raises(InputError, match="not a plain tar file .* Unpack it"):
        prepare_lines(tmp_path / "no.tar", tmp_path / "out")
    with tarfile.open(tmp_path / "packed.tar", "w:gz") as tar:
        tar.add(tmp_path / "src", "src")
    with pytest.raises(InputError, match="not a plain tar file"):
        prepare_lines(tmp_path / "packed.tar", tmp_path / "out")


@pytest.mark.parametrize("text", ["äöü ÄÖÜ :;!?", "= = = =", "i j i j", "- . , -", "Habe nun"])
def test_dots_and_rules_are_no_second_line(text):
    assert count_lines(line_picture(text)) == 1
    ruled = line_picture(text)
    ruled[45:47] = 40
    assert count_lines(ruled) == 1


@pytest.mark.parametrize("count", [2, 3, 4])
def test_lines_above_each_other_are_counted(count):
    rows = [line_picture("Habe nun, ach! Philosophie", seed=number) for number in range(count)]
    assert count_lines(np.concatenate(rows)) == count


def test_scaling_is_the_mean_of_the_pixels_and_keeps_the_aspect():
    picture = np.random.default_rng(0).integers(0, 256, (96, 200), dtype=np.uint8)
    blocks = picture.reshape(48, 2, 100, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(scale_line(picture, 48), blocks, atol=0.51)
    assert scale_line(picture, 24).shape == (24, 50)
    assert scale_line(picture, 120).shape == (120, 250)
    assert scale_line(picture[:, :1], 8).shape == (8, 1)
