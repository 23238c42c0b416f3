import json

import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import DataFolder, write_data_folder
from kineograph.errors import InputError

CLIPS = [Annotation("walk/a.mp4", "walk"), Annotation("run/b.mp4", "run", person="anna")]


def write(path, root, clips=CLIPS, **options):
    return write_data_folder(path, clips, name="steps", source_root=root, **options)


def test_what_is_written_is_read_back(tmp_path):
    write(tmp_path / "data", tmp_path / "videos", command="kineograph prepare …", notes="шаги")
    folder = DataFolder(tmp_path / "data")
    assert folder.annotations == CLIPS
    assert folder.classes == ["run", "walk"]
    assert (folder.name, folder.notes) == ("steps", "шаги")
    assert folder.source(CLIPS[0]) == tmp_path / "videos" / "walk" / "a.mp4"
    assert folder.cache == tmp_path / "data" / "cache"
    about = json.loads((tmp_path / "data" / "dataset.json").read_text(encoding="utf-8"))
    assert list(about) == ["name", "source_root", "classes", "prepared", "notes"]
    assert about["prepared"]["command"] == "kineograph prepare …"
    assert about["prepared"]["when"].endswith("+00:00")


def test_videos_inside_of_the_folder_move_with_it(tmp_path):
    write(tmp_path / "data", tmp_path / "data" / "videos")
    (tmp_path / "data").rename(tmp_path / "moved")
    folder = DataFolder(tmp_path / "moved")
    assert folder.source(CLIPS[0]) == tmp_path / "moved" / "videos" / "walk" / "a.mp4"


def test_a_folder_that_is_not_prepared_says_what_to_run(tmp_path):
    with pytest.raises(InputError) as caught:
        DataFolder(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: there is no dataset.json in it, so it is not a prepared data set. "
        "Run: kineograph prepare KIND SRC OUT; KIND is folder, csv, lecture or another."
    )


def test_classes_follow_annotations_that_were_edited_by_hand(tmp_path):
    folder = write(tmp_path / "data", tmp_path)
    with (folder.path / "annotations.jsonl").open("a") as file:
        file.write('{"video": "c.mp4", "label": "jump"}\n')
    assert DataFolder(folder.path).classes == ["jump", "run", "walk"]


def test_another_source_is_refused_unless_it_may_be_overwritten(tmp_path):
    folder = write(tmp_path / "data", tmp_path / "one")
    write(tmp_path / "data", tmp_path / "one", CLIPS[:1])  # the same again is no harm
    folder.cache.mkdir()
    with pytest.raises(InputError) as caught:
        write(tmp_path / "data", tmp_path / "two")
    assert str(caught.value) == (
        f"{folder.path} holds the data set made from {tmp_path / 'one'}. "
        "Choose another folder, or replace it with --overwrite."
    )
    write(tmp_path / "data", tmp_path / "two", overwrite=True)
    assert DataFolder(tmp_path / "data").source_root == tmp_path / "two"
    assert not folder.cache.exists()  # a file of the same name, size and time may differ


def test_annotations_of_someone_else_are_not_overwritten(tmp_path):
    (tmp_path / "annotations.jsonl").write_text("mine")
    for overwrite in (False, True):  # also marks made by hand: nothing brings them back
        with pytest.raises(InputError, match="that kineograph prepare did not write, perhaps"):
            write(tmp_path, tmp_path / "videos", overwrite=overwrite)
    assert (tmp_path / "annotations.jsonl").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file: cannot be written \(.*\)\. Choose another folder"):
        write(tmp_path / "file", tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("dataset.json", "{", "dataset.json is not JSON"),
        ("dataset.json", "{}", "dataset.json has no source_root. Prepare the data set again."),
        ("annotations.jsonl", "", "annotations.jsonl is empty. Prepare the data set again."),
    ],
)
def test_a_damaged_folder_says_which_file(tmp_path, file, text, words):
    folder = write(tmp_path / "data", tmp_path)
    (folder.path / file).write_text(text)
    with pytest.raises(InputError, match=words):
        folder = DataFolder(folder.path)
        print(folder.source_root, folder.annotations)


def test_the_same_source_by_another_kind_is_refused_unless_it_may_be_overwritten(tmp_path):
    folder = write(tmp_path / "data", tmp_path / "one", kind="folder")
    write(tmp_path / "data", tmp_path / "one", kind="folder")  # the same again is no harm
    with pytest.raises(InputError) as caught:
        write(tmp_path / "data", tmp_path / "one", kind="kth")
    assert str(caught.value) == (
        f"{folder.path} holds the same source prepared as folder, and this is kth. "
        "Choose another folder, or replace it with --overwrite."
    )
    write(tmp_path / "data", tmp_path / "one", kind="kth", overwrite=True)
    assert DataFolder(folder.path).about["prepared"]["kind"] == "kth"
