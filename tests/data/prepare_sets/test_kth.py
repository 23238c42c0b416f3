import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.prepare import prepare_kth
from kineograph.errors import InputError

BOXING, WALKING, JOGGING = (
    "boxing/person01_boxing_d1_uncomp.avi",
    "walking/person11_walking_d2_uncomp.avi",
    "person22_jogging_d4_uncomp.avi",
)


def test_sub_sequences_count_frames_from_one_and_keep_the_owners_side(lay, write, tmp_path):
    source = lay(BOXING, WALKING, JOGGING)
    write(
        "00sequences.txt",
        "The table below lists the sequences.",
        "Training: person11, 12",
        "person01_boxing_d1\t\tframes\t1-10, 11-25",
        "person11_walking_d2\t\tframes\t6-20",
        "person13_handclapping_d3\t*missing*",
        "person22_jogging_d4\t\tframes\t1-5,5-9,1-5",
    )
    prepared = prepare_kth(source, tmp_path / "out")
    assert prepared.problems == []
    ends = [
        (each.video, each.start_seconds, each.end_seconds, each.split)
        for each in prepared.data_folder.annotations
    ]
    assert ends == [
        (BOXING, 0.0, 0.4, "val"),
        (BOXING, 0.4, 1.0, "val"),
        (JOGGING, 0.0, 0.2, "test"),
        (JOGGING, 0.16, 0.36, "test"),
        (WALKING, 0.2, 0.8, "train"),
    ]
    assert "3 of 599 clips are here" in prepared.data_folder.notes
    assert "person13_handclapping_d3" in prepared.data_folder.notes


def test_whole_clips_are_one_annotation_each(lay, write, tmp_path):
    source = lay(BOXING, WALKING)
    write("00sequences.txt", "person01_boxing_d1 frames 1-10, 11-25")
    prepared = prepare_kth(source, tmp_path / "out", clips="whole")
    assert prepared.data_folder.annotations[0] == Annotation(
        BOXING,
        "boxing",
        person="person01",
        group="person01",
        split="val",
        source="person01_boxing_d1",
    )
    assert "not cut into sub-sequences: as asked." in prepared.data_folder.notes


def test_without_the_list_clips_are_whole_and_that_is_said(lay, tmp_path):
    prepared = prepare_kth(lay(BOXING, WALKING), tmp_path / "out")
    assert prepared.counts == {"boxing": 1, "walking": 1}
    assert "there is no 00sequences.txt in the folder" in prepared.data_folder.notes


def test_the_notes_keep_the_command_and_the_name(lay, tmp_path):
    folder = prepare_kth(lay(BOXING, WALKING), tmp_path / "out", command="prep").data_folder
    assert folder.about["prepared"]["command"] == "prep" and folder.name == "KTH"


def test_what_does_not_belong_is_named_and_left_out(lay, write, tmp_path):
    source = lay(BOXING, WALKING, JOGGING, "boxing/person26_boxing_d1_uncomp.avi", "holiday.avi")
    write("00sequences.txt", "person01_boxing_d1 frames 1-9", "person11_walking_d2 frames 1-9")
    problems = prepare_kth(source, tmp_path / "out").problems
    assert problems == [
        "boxing/person26_boxing_d1_uncomp.avi: its name is not one like "
        "person01_boxing_d1_uncomp.avi. Rename or remove it.",
        "holiday.avi: its name is not one like person01_boxing_d1_uncomp.avi. Rename or remove it.",
        f"{JOGGING}: no line in 00sequences.txt. Add it, or say clips=whole.",
    ]


def test_what_makes_no_sense_is_refused_in_one_line(lay, write, tmp_path):
    source = lay(BOXING, WALKING)
    with pytest.raises(InputError, match="clips=hole: known are sequences, whole. Did you mean"):
        prepare_kth(source, tmp_path / "out", clips="hole")
    write("00sequences.txt", "", "person01_boxing_d1 frames 1-95, 9-5")
    words = r"00sequences.txt line 2: '9-5' is no range of frames. Write it as 1-95\."
    with pytest.raises(InputError, match=words):
        prepare_kth(source, tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no video in it has a name like .* Give the folder with"):
        prepare_kth(tmp_path / "empty", tmp_path / "out")
    with pytest.raises(InputError, match="no such file or folder"):
        prepare_kth(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out").exists()
