"""IAM, archiscribe, tables and archives, on drawn files with the same names."""

import inspect
import tarfile

import numpy as np
import pytest

from kineograph.data.prepare import PREPARE, PREPARE_LINES
from kineograph.data.prepare.archiscribe import prepare_archiscribe
from kineograph.data.prepare.iam_lines import prepare_iam_lines
from kineograph.data.prepare.lines import prepare_lines
from kineograph.data.prepare.lines_csv import prepare_lines_csv
from kineograph.errors import InputError
from tests.data.lines.drawn import line_picture, save, save_line

FORMS = ("a01-000u", "a01-003", "b02-007", "c03-001")


@pytest.fixture
def iam(tmp_path):
    rows = ["#--- lines.txt ---#", "# comment"]
    for form in FORMS:
        for number in range(2):
            name = f"{form}-{number:02}"
            state, level = ("err", 154) if number else ("ok", 170)
            rows.append(f"{name} {state} {level} 19 408 746 1661 89 A|MOVE|to|stop|.")
            save(
                tmp_path / "iam" / "lines" / form[:3] / form / f"{name}.png",
                line_picture("A MOVE to", seed=hash(name) % 99),
            )
    (tmp_path / "iam" / "ascii").mkdir()
    (tmp_path / "iam" / "ascii" / "lines.txt").write_text("\n".join(rows) + "\nbroken\n")
    (tmp_path / "iam" / "ascii" / "forms.txt").write_text(
        "# forms\na01-000u 000 2 prt 7 5 52 36\na01-003 000 2 all 7 5 52 36\nb02-007 012 2 all 1\n"
    )
    official = tmp_path / "iam" / "largeWriterIndependentTextLineRecognitionTask"
    official.mkdir()
    for file, name in (
        ("trainset", "a01-000u-00\na01-000u-01"),
        ("validationset1", "a01-003-00"),
        ("validationset2", "a01-003-01"),
        ("testset", "b02-007-00\nb02-007-01"),
    ):
        (official / f"{file}.txt").write_text(name + "\n")
    for file, name in (("train", "a01-000u"), ("validation", "b02-007"), ("test", "c03-001")):
        (tmp_path / "iam" / f"{file}.uttlist").write_text(name + "\n")
    return tmp_path / "iam"


def sides(done):
    return {line.picture.rsplit("/", 1)[1][:-4]: line.split for line in done.data_folder.lines}


def test_iam_in_its_two_splits_that_are_never_mixed(iam, tmp_path):
    rwth = prepare_iam_lines(iam, tmp_path / "rwth")
    assert sides(rwth) == {
        "a01-000u-00": "train",
        "a01-000u-01": "train",
        "b02-007-00": "val",
        "b02-007-01": "val",
        "c03-001-00": "test",
        "c03-001-01": "test",
    }
    official = prepare_iam_lines(iam, tmp_path / "official", split="official")
    assert sides(official)["a01-003-01"] == "val" and sides(official)["b02-007-00"] == "test"
    assert "RWTH Aachen's split" in rwth.data_folder.notes
    assert "official task" in official.data_folder.notes
    assert rwth.data_folder.name != official.data_folder.name
    with pytest.raises(InputError, match="prepared as iam-lines rwth, and this is iam-lines off"):
        prepare_iam_lines(iam, tmp_path / "rwth", split="official")


def test_iam_texts_writers_and_the_grey_level(iam, tmp_path):
    done = prepare_iam_lines(iam, tmp_path / "out")
    first = done.data_folder.lines[0]
    assert first.text == "A MOVE to stop ." and first.white_above is None
    groups = {line.source: line.group for line in done.data_folder.lines}
    assert groups == {"a01-000u": "writer 000", "b02-007": "writer 012", "c03-001": "c03-001"}
    assert (
        len(done.problems) == 1 and "lines.txt line 11: 'broken' is not IAM's" in done.problems[0]
    )
    assert "2 of 8 lines are in none of its lists" in done.data_folder.notes
    assert "4 of the 8 have words that IAM marks as badly segmented" in done.data_folder.notes
    white = prepare_iam_lines(iam, tmp_path / "white", background="white")
    line = white.data_folder.lines[0]
    scan, cleaned = done.cache[first], white.cache[line]
    assert line.white_above == 170
    np.testing.assert_array_equal(cleaned, np.where(scan > 170, 255, scan))


def test_iam_without_lists_or_with_unknown_words(iam, tmp_path):
    with pytest.raises(InputError, match="known are rwth, official. Did you mean 'official'"):
        prepare_iam_lines(iam, tmp_path / "out", split="oficial")
    with pytest.raises(InputError, match="background 'grey': known are scan, white"):
        prepare_iam_lines(iam, tmp_path / "out", background="grey")
    (iam / "test.uttlist").write_text("a01-000u\n")
    with pytest.raises(InputError, match="a01-000u is in train already. Correct the lists."):
        prepare_iam_lines(iam, tmp_path / "out")
    (iam / "test.uttlist").unlink()
    with pytest.raises(InputError, match="the rwth split's list test.txt is not there"):
        prepare_iam_lines(iam, tmp_path / "out")


def test_archiscribe_as_it_is_distributed(tmp_path):
    home = tmp_path / "archiscribe"
    with_files = tmp_path / "files"
    rows = ["file,work,year,split"]
    for work in "abc":
        for number in range(2):
            save_line(with_files, f"{work}_{number}", f"Habe nu\u0364 {work}", seed=number)
            side = {"a": "train", "b": "val", "c": "test"}[work]
            rows.append(f"{work}_{number}.png,{work},1800,{side}")
    home.mkdir()
    with tarfile.open(home / "lines.tar", "w") as tar:
        for file in sorted(with_files.iterdir()):
            tar.add(file, file.name)
    (home / "lines.csv").write_text("\n".join([*rows, "gone.png,a,1800,train"]) + "\n")
    done = prepare_archiscribe(home, tmp_path / "out")
    assert done.counts == {"test": 2, "train": 2, "val": 2} and done.groups == 3
    assert done.data_folder.lines[0].text == "Habe nu\u0364 a"
    assert "CC BY 4.0" in done.data_folder.notes
    assert done.problems == [
        "lines.csv row 8: lines.tar/gone.gt.txt: not in the archive. Prepare again."
    ]


def test_a_folder_and_its_archive_hold_the_same_lines(tmp_path):
    for work in ("faust", "tasso"):
        for number in range(2):
            save_line(tmp_path / "src" / work, f"{number}.bin", f"{work} {number}", seed=number)
            (tmp_path / "src" / work / f"{number}.bin.gt.txt").rename(
                tmp_path / "src" / work / f"{number}.gt.txt"
            )
    (tmp_path / "src" / "__MACOSX").mkdir()
    (tmp_path / "src" / "__MACOSX" / "._0.gt.txt").write_text("not a text")
    with tarfile.open(tmp_path / "src.tar", "w") as tar:
        tar.add(tmp_path / "src", ".")
    folder = prepare_lines(tmp_path / "src", tmp_path / "one")
    archive = prepare_lines(tmp_path / "src.tar", tmp_path / "two")
    assert not folder.problems and not archive.problems
    lines, packed = folder.data_folder.lines, archive.data_folder.lines
    assert [(line.text, line.group) for line in lines] == [
        ("faust 0", "faust"),
        ("faust 1", "faust"),
        ("tasso 0", "tasso"),
        ("tasso 1", "tasso"),
    ]
    assert [line.text for line in packed] == [line.text for line in lines]
    for one, other in zip(lines, packed, strict=True):
        np.testing.assert_array_equal(folder.cache[one], archive.cache[other])
    grouped = prepare_lines(tmp_path / "src", tmp_path / "three", group=r"(\d)\.bin")
    assert {line.group for line in grouped.data_folder.lines} == {"0", "1"}
    with pytest.raises(InputError, match="has 0 parts in"):
        prepare_lines(tmp_path / "src", tmp_path / "four", group="faust")


def test_a_table_with_tabs(tmp_path):
    save(tmp_path / "a.png", line_picture("Habe"))
    save(tmp_path / "b.png", line_picture("nun"))
    (tmp_path / "t.tsv").write_text(
        'path\ttext\tgroup\tsplit\na.png\tHabe, "nun\t\tvalidation\nb.png\tnun\tfaust\ttrain\n'
        "c.png\tach\tfaust\ttrain\nb.png\tnun\n"
    )
    (tmp_path / "t.tsv").write_text((tmp_path / "t.tsv").read_text().replace('"', "'"))
    done = prepare_lines_csv(tmp_path / "t.tsv", tmp_path / "out")
    told = [(line.text, line.group, line.split) for line in done.data_folder.lines]
    assert told == [("Habe, 'nun", None, "val"), ("nun", "faust", "train")]
    assert len(done.problems) == 2
    assert "t.tsv row 5: as many cells as names are needed" in done.problems[0]
    assert "c.png: not found" in done.problems[1]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("path,txt\n", "unknown column 'txt'. Did you mean 'text'"),
        ("path,file,text\n", "2 columns say 'picture'. Keep one."),
        ("path\n", "0 columns say 'text'"),
        ("", "it is empty. Begin with a row of names"),
    ],
)
def test_a_table_that_is_none(tmp_path, table, words):
    (tmp_path / "t.csv").write_text(table)
    with pytest.raises(InputError, match=words):
        prepare_lines_csv(tmp_path / "t.csv", tmp_path / "out")


@pytest.mark.parametrize("name", PREPARE_LINES)
def test_every_kind_of_lines_takes_what_the_command_gives(name):
    parameters = inspect.signature(PREPARE_LINES[name]).parameters
    assert list(parameters)[:2] == ["source", "out"]
    assert {"name", "command", "overwrite", "progress"} <= parameters.keys()
    assert name not in PREPARE
