"""What people bring by mistake: each is told in one line with a remedy, and the rest goes on."""

import numpy as np
import pytest
from PIL import Image

from kineograph.commands.describe_regions import _spread
from kineograph.data.prepare import PREPARE_PICTURES
from kineograph.data.prepare.clevr import kind_of as clevr_kind
from kineograph.errors import InputError
from tests.inspect.drawn_runs import answerer_run, captioner_run, picture

ASKING = {"captions": [], "questions": ["--question", "what is the red shape?"]}


@pytest.fixture
def brought(tmp_path):
    """Pictures of every kind, and what is none."""
    folder = tmp_path / "brought"
    folder.mkdir()
    rgb = Image.fromarray(picture())
    rgb.save(folder / "plain.png")
    rgb.convert("CMYK").save(folder / "cmyk.jpg")
    rgb.save(folder / "moves.gif", save_all=True, append_images=[Image.fromarray(picture(1))])
    Image.new("RGB", (1, 1), "red").save(folder / "one.png")
    deep = (np.arange(4096).reshape(64, 64) * 16).astype(np.uint16)
    Image.fromarray(deep).save(folder / "deep.png")
    (folder / "torn.jpg").write_bytes((folder / "cmyk.jpg").read_bytes()[:300])
    (folder / "words.png").write_text("no picture")
    (folder / "hollow").mkdir()
    return folder


@pytest.mark.parametrize("kind", ASKING)
def test_each_bad_file_is_told_by_itself(kind, brought, tmp_path, run):
    network = captioner_run(tmp_path) if kind == "captions" else answerer_run(tmp_path)
    good = [
        brought / name for name in ("plain.png", "cmyk.jpg", "moves.gif", "one.png", "deep.png")
    ]
    bad = {
        brought / "torn.jpg": "cannot be decoded",
        brought / "words.png": "not a picture that Pillow knows. Convert it to PNG",
        brought / "gone.png": "no such file or folder. ",
        brought / "hollow": "Give a folder of .jpg or .png" if kind == "captions"
        else "is a folder, and one picture is asked for. Name a picture, or a folder in",
    }  # fmt: skip
    status, printed, found = run("predict", network, *good, *bad, *ASKING[kind], "--json")
    assert status == 1 and set(found["pictures"]) == {str(path) for path in good}, printed
    assert set(found["failed"]) == {str(path) for path in bad}
    for path, words in bad.items():
        assert words in found["failed"][str(path)] and "\n" not in found["failed"][str(path)]


def test_no_sentences_at_all_are_refused(tmp_path, brought, run):
    network = captioner_run(tmp_path)
    for name in ("--beam", "--best"):
        status, printed, _ = run("predict", network, brought / "plain.png", name, 0)
        assert status == 2 and f"{name} 0: no sentence would be kept. Write 1 or more." in printed


def test_an_answerer_s_device_must_be_there(tmp_path, brought, run):
    network = answerer_run(tmp_path)
    words = ("predict", network, brought / "plain.png", *ASKING["questions"], "--device", "gppu")
    status, printed, _ = run(*words)
    assert status == 2 and "--device gppu: known are auto, cpu" in printed


def test_regions_are_sought_in_pictures_below_a_folder_but_those_written(brought):
    Image.fromarray(picture()).save(brought / "plain.regions.png")
    inside = {"cmyk.jpg", "deep.png", "one.png", "plain.png", "torn.jpg", "words.png"}
    assert {path.name for path in _spread([brought])} == inside
    hollow, named = brought / "hollow", brought / "plain.regions.png"
    assert _spread([hollow, named]) == [hollow, named]  # told by itself; named on purpose


def test_a_training_that_did_not_begin_is_no_run(tmp_path, monkeypatch, brought, run):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    status, printed, _ = run("predict", "mine", brought / "plain.png")
    assert status == 2
    assert "runs/mine: no recipe.json in it, so it is not a run. Train one" in printed


def test_a_sentence_without_a_word_costs_itself(tmp_path):
    Image.fromarray(picture()).save(tmp_path / "a.png")
    table = tmp_path / "t.csv"
    table.write_text('picture,sentence\na.png,"!!! …"\na.png,a dog\na.png,\n')
    done = PREPARE_PICTURES["captions-csv"](table, tmp_path / "out")
    assert done.data_folder.records[0].sentences == ("a dog",)
    wordless, empty = done.problems
    assert wordless == "t.csv row 2: no word is in '!!! …', said of a.png. Write it again."
    assert "row 4: a.png has an empty sentence" in empty


@pytest.mark.parametrize(
    ("way", "source", "words"),
    [
        ("captions-csv", ".", "it is a folder. Name the table, a .csv file in it."),
        ("captions-csv", "names.csv", "none of the captions can be used. The files name not one."),
        ("visual-genome", "names.csv", "there is no such file. Unpack Visual Genome's archives"),
        ("coco-captions", "names.csv", "there is no such file. Unpack the annotations there."),
    ],
)
def test_a_source_that_is_none_is_told(way, source, words, tmp_path):
    (tmp_path / "names.csv").write_text("picture,sentence\n")
    with pytest.raises(InputError) as error:
        PREPARE_PICTURES[way](tmp_path / source, tmp_path / "out")
    assert words in str(error.value)


def test_a_program_that_is_none_costs_a_question_its_kind_alone():
    assert clevr_kind(["count"]) is None and clevr_kind("count") is None
    assert clevr_kind([{"function": "query_size"}]) == "query size"


def test_prepared_clips_are_counted_as_clips(tmp_path, run):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        Image.fromarray(picture()).save(tmp_path / name / "1.png")
    (tmp_path / "t.csv").write_text("clip,sentence\none,a dog runs\ntwo,a dog sits\n")
    status, printed, found = run("prepare", "captions-csv", tmp_path / "t.csv", tmp_path / "out")
    assert status == 0 and "2 clips with 2 sentences" in printed
    assert "Next: kineograph train describe-clips" in printed
