"""Visual Genome in its own files, drawn tiny: what is kept, what one bad row costs."""

import json

import pytest
from PIL import Image

from kineograph.data.prepare import PREPARE_PICTURES
from kineograph.errors import InputError
from tests.commands.conftest import run  # noqa: F401  the verb


def phrase(text, x=1, y=2, width=10, height=8):
    return {"region_id": 7, "image_id": 1, "x": x, "y": y, "width": width, "height": height,
            "phrase": text}  # fmt: skip


def genome(folder, regions, *, sizes=None, splits=None, folders=("VG_100K", "VG_100K_2")):
    """Number -> regions; pictures of even numbers lie in the second folder, as theirs may."""
    for number in regions:
        place = folder / "images" / folders[number % 2 == 0]
        place.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), "red").save(place / f"{number}.jpg")
    rows = [{"id": number, "regions": some} for number, some in regions.items()]
    (folder / "region_descriptions.json").write_text(json.dumps(rows))
    about = [{"image_id": number, "width": 40, "height": 30} for number in regions]
    (folder / "image_data.json").write_text(json.dumps(about if sizes is None else sizes))
    if splits is not None:
        (folder / "densecap_splits.json").write_text(json.dumps(splits))
    return folder


def prepare(source, out, **options):
    return PREPARE_PICTURES["visual-genome"](source, out, **{"least": 1, "most": 3} | options)


def test_sentences_and_pictures_are_taken_as_densecap_took_them(tmp_path):
    regions = {
        1: [phrase("There is a red wall"), phrase("this seems to be THE sky."),
            phrase("a red wall"), phrase("one two three four five six seven eight nine ten more")],
        2: [phrase("a dog", x=k) for k in range(4)],  # one too many
        3: [phrase("a cat")],
        4: [phrase("a bird")],
    }  # fmt: skip
    splits = {"train": [1, 2], "val": [3], "test": []}
    done = prepare(genome(tmp_path / "src", regions, splits=splits), tmp_path / "out")
    kept = {each.picture: each for each in done.data_folder.records}
    assert set(kept) == {"images/VG_100K/1.jpg", "images/VG_100K/3.jpg"} and not done.problems
    wall = kept["images/VG_100K/1.jpg"]
    assert [each.sentence for each in wall.regions] == ["a red wall", "THE sky."]
    assert (wall.width_pixels, wall.height_pixels, wall.split) == (40, 30, "train")
    assert wall.regions[0].corners == (1, 2, 11, 10)
    assert done.counts == {"train": 1, "val": 1}
    notes = done.data_folder.notes
    for words in ("1 pictures and 1 sentences are left out", "1 pictures are in none of its lists"):
        assert words in notes


def test_one_bad_row_costs_itself_and_is_told(tmp_path):
    regions = {number: [phrase("a dog")] for number in range(1, 8)}
    regions[2] = [phrase("a flat dog", height=0), phrase("a dog"), phrase("")]
    regions[3] = [{"x": 1, "y": 1, "width": 3, "phrase": "no height"}, phrase("a dog")]
    regions[4] = ["words alone"]
    sizes = [{"image_id": n, "width": 40, "height": 30} for n in range(1, 6)]
    sizes[4]["width"] = 0
    sizes.append({"image_id": 7, "width": 40, "height": 30})
    source = genome(tmp_path / "src", regions, sizes=sizes)
    (source / "images" / "VG_100K" / "7.jpg").unlink()
    rows = json.loads((source / "region_descriptions.json").read_text())
    rows += [{"id": [8], "regions": []}, {"id": 1, "regions": 5}]
    (source / "region_descriptions.json").write_text(json.dumps(rows))
    done = prepare(source, tmp_path / "out")
    kept = {each.picture.split("/")[-1]: len(each.regions) for each in done.data_folder.records}
    assert kept == {"1.jpg": 1, "2.jpg": 1, "3.jpg": 1}
    told = "\n".join(done.problems)
    for words in (
        "picture 2, region 1: box 10x0 at 1, 2: has no area",
        "picture 3, region 1: its row has no 'height'. Download it again.",
        "picture 4, region 1: 'words alone' is no region. Download it again.",
        "picture 5: images/VG_100K/5.jpg: width_pixels 0 is no size",
        "picture 6: image_data.json does not have it. Download it again.",
        "picture 7: its file is not there. Download it again.",
        "picture [8]: its number is none. Download it again.",
        "picture 1: its regions are no list. Download it again.",
    ):
        assert words in told
    assert len(done.problems) == 8
    assert "1 regions say no word." in done.data_folder.notes
    assert "by chance" in done.data_folder.notes


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("image_data.json", None, "there is no such file. Unpack Visual Genome's archives"),
        ("region_descriptions.json", "[1]", "it is not Visual Genome's list"),
        ("region_descriptions.json", "{", "it is not JSON"),
        ("densecap_splits.json", "[]", "it has no lists by side"),
        ("densecap_splits.json", '{"train": [1], "test": [1]}', "is in train and in test"),
    ],
)
def test_a_file_that_is_not_theirs_is_told_in_one_line(tmp_path, file, text, words):
    source = genome(tmp_path / "src", {1: [phrase("a dog")]})
    (source / file).unlink(missing_ok=True)
    if text is not None:
        (source / file).write_text(text)
    with pytest.raises(InputError) as error:
        prepare(source, tmp_path / "out")
    assert words in str(error.value) and "\n" not in str(error.value)


def test_the_verb_tells_bad_rows_and_the_rest_goes_on(run, tmp_path):  # noqa: F811
    regions = {1: [phrase("a dog"), phrase("a cat")], 2: [phrase("a flat dog", width=0)]}
    source = genome(tmp_path / "src", regions)
    options = ["--option", "least=1", "--option", "longest=4", "--json"]
    status, printed, found = run("prepare", "visual-genome", source, tmp_path / "out", *options)
    assert status == 1 and found["regions"] == 2 and found["pictures"] == 1, printed
    assert "left out: picture 2, region 1: box 0x8 at 1, 2: has no area" in printed
    assert "1 pictures with 2 regions in" in printed and "; 1 left out." in printed
    assert "Next: kineograph train dense-caption-scenes" in printed
