"""Flickr8k in both forms, COCO, Karpathy's files and tables, drawn as their owners write them."""

import json
import tarfile

import cv2
import numpy as np
import pytest

from kineograph.data.prepare.captions_csv import prepare_captions_csv
from kineograph.data.prepare.coco_captions import prepare_coco_captions, prepare_karpathy
from kineograph.data.prepare.flickr8k import prepare_flickr8k
from kineograph.errors import InputError


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((8, 8, 3), 90, np.uint8))


def told(done):
    return {each.picture: (each.split, each.sentences) for each in done.data_folder.records}


def test_flickr8k_as_its_owners_give_it(tmp_path):
    source = tmp_path / "flickr"
    for name in "abcd":
        picture(source / "Flicker8k_Dataset" / f"{name}.jpg")
    (source / "Flickr8k.token.txt").write_text(
        "a.jpg#0\tA dog .\na.jpg#1\tTwo dogs .\nb.jpg#0\tA cat .\nc.jpg#0\tA cow .\n"
        "no tab here\nd.jpg#0\tNobody's side .\ngone.jpg#0\tA ghost .\n"
    )
    for side, names in {"train": "a.jpg\ngone.jpg", "dev": "b.jpg", "test": "c.jpg"}.items():
        (source / f"Flickr_8k.{side}Images.txt").write_text(names + "\n")
    done = prepare_flickr8k(source, tmp_path / "out")
    assert told(done) == {
        "Flicker8k_Dataset/a.jpg": ("train", ("A dog .", "Two dogs .")),
        "Flicker8k_Dataset/b.jpg": ("val", ("A cat .",)),
        "Flicker8k_Dataset/c.jpg": ("test", ("A cow .",)),
    }
    assert [fault.split(":")[0] for fault in done.problems] == [
        "Flickr8k.token.txt line 5",
        "gone.jpg",
    ]
    assert "1 pictures with sentences are on no side" in done.data_folder.notes


def test_flickr8k_as_tables_and_an_archive(tmp_path):
    source = tmp_path / "flickr"
    for name in "ab":
        picture(tmp_path / f"{name}.jpg")
    source.mkdir()
    with tarfile.open(source / "images.tar", "w") as tar:
        for name in "ab":
            tar.add(tmp_path / f"{name}.jpg", f"{name}.jpg")
    (source / "captions.csv").write_text('image,caption\na.jpg,"One, two ."\na.jpg,\nb.jpg,A cat\n')
    (source / "splits.csv").write_text("image,split\na.jpg,train\nb.jpg,dev\n")
    done = prepare_flickr8k(source, tmp_path / "out")
    assert told(done) == {
        "images.tar/a.jpg": ("train", ("One, two .",)),
        "images.tar/b.jpg": ("val", ("A cat",)),
    }
    assert done.problems == [
        "captions.csv row 3: a.jpg has an empty sentence. Write it again.",
    ]


def test_flickr8k_without_its_texts_is_refused(tmp_path):
    with pytest.raises(InputError) as error:
        prepare_flickr8k(tmp_path, tmp_path / "out")
    assert "neither Flickr8k.token.txt nor captions.csv is there. Unpack" in str(error.value)


BAD = [{"image_id": 99, "caption": "A ghost"}, {"image_id": 7}]


def coco(source, part, rows):
    images = [{"id": number, "file_name": f"{number:012}.jpg"} for number, _ in rows]
    notes = [{"image_id": number, "caption": text} for number, text in rows]
    for image in images:
        picture(source / part / image["file_name"])
    (source / "annotations").mkdir(exist_ok=True)
    file = source / "annotations" / f"captions_{part}.json"
    file.write_text(json.dumps({"images": images, "annotations": [*notes, *BAD]}))


def test_coco_as_its_owners_give_it(tmp_path):
    coco(tmp_path, "train2017", [(7, "A dog"), (8, "A cat")])
    coco(tmp_path, "val2017", [(9, "A cow")])
    done = prepare_coco_captions(tmp_path, tmp_path / "out", year="2017")
    assert told(done) == {
        "train2017/000000000007.jpg": ("train", ("A dog",)),
        "train2017/000000000008.jpg": ("train", ("A cat",)),
        "val2017/000000000009.jpg": ("test", ("A cow",)),
    }
    assert len(done.problems) == 4
    assert done.problems[0].endswith("annotation 2: image 99 is not listed. Correct it.")
    assert done.problems[1].endswith("annotation 3: has no 'caption'. Correct it.")
    with pytest.raises(InputError) as error:
        prepare_coco_captions(tmp_path, tmp_path / "out", year="2015")
    assert "year '2015': known are 2014, 2017." in str(error.value)
    with pytest.raises(InputError) as error:
        prepare_coco_captions(tmp_path, tmp_path / "out")
    assert "captions_train2014.json: there is no such file. Unpack" in str(error.value)


def test_karpathys_files(tmp_path):
    images = [
        {"filepath": "val2014", "filename": "1.jpg", "split": "restval",
         "sentences": [{"raw": "A dog"}, {"raw": "Dogs"}]},
        {"filename": "2.jpg", "split": "test", "sentences": [{"raw": "A cat"}]},
        {"filename": "3.jpg", "split": "spare", "sentences": []},
    ]  # fmt: skip
    (tmp_path / "dataset_coco.json").write_text(json.dumps({"images": images}))
    picture(tmp_path / "photos" / "val2014" / "1.jpg")
    picture(tmp_path / "photos" / "2.jpg")
    done = prepare_karpathy(tmp_path, tmp_path / "out", root=tmp_path / "photos")
    assert told(done) == {
        "val2014/1.jpg": ("train", ("A dog", "Dogs")),
        "2.jpg": ("test", ("A cat",)),
    }
    assert done.problems == [
        "dataset_coco.json image 2: has no 'spare' as Karpathy's have. Correct it."
    ]
    (tmp_path / "dataset_flickr8k.json").write_text("{}")
    with pytest.raises(InputError) as error:
        prepare_karpathy(tmp_path, tmp_path / "out")
    assert "2 files dataset_….json are there, and one is needed" in str(error.value)
    with pytest.raises(InputError) as error:
        prepare_karpathy(tmp_path / "dataset_flickr8k.json", tmp_path / "out")
    assert "has no list 'images'. Is it a file of captions?" in str(error.value)


def test_a_table_of_ones_own(tmp_path):
    for name in "ab":
        picture(tmp_path / f"{name}.jpg")
    table = tmp_path / "mine.csv"
    table.write_text(
        "Image;caption;split;group\na.jpg;A dog;training;park\nb.jpg;A cat;test;\n"
        "a.jpg;Two; dogs;val\na.jpg;A hound;val;park\n;Nothing;train;\n"
    )
    done = prepare_captions_csv(table, tmp_path / "out")
    assert told(done)["a.jpg"] == ("train", ("A dog", "Two", "A hound"))
    assert done.data_folder.records[0].group == "park" and done.counts == {"test": 1, "train": 1}
    assert any("row 5: a.jpg has split train already. It keeps that." in p for p in done.problems)
    assert any("row 6: no picture is named." in problem for problem in done.problems)
    table.write_text("picture,sentense\n")
    with pytest.raises(InputError) as error:
        prepare_captions_csv(table, tmp_path / "out")
    assert "unknown column 'sentense'. Did you mean 'sentence'?" in str(error.value)
