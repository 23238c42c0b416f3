import pytest

from kineograph.data.prepare import prepare_ntu_rgbd
from kineograph.data.prepare.ntu_rgbd import LABEL_OF, TRAINING_PERSONS
from kineograph.errors import InputError

CLIPS = (
    "S001C001P001R001A011_rgb.avi",
    "S001C002P003R002A011_rgb.avi",
    "nturgb+d_rgb/S002C003P003R001A012_rgb.avi",
    "nturgb+d_rgb/S002C001P008R001A060_rgb.avi",
)


def test_the_table_of_labels_has_sixty_different_names_in_the_owners_order():
    assert len(set(LABEL_OF.values())) == len(LABEL_OF) == 60 and len(TRAINING_PERSONS) == 20
    some = {"A001": "drink water", "A008": "sitting down", "A012": "writing", "A043": "falling"}
    assert {code: LABEL_OF[code] for code in some} == some
    assert LABEL_OF["A058"] == "handshaking" and LABEL_OF["A060"].startswith("walking apart")


@pytest.mark.parametrize(
    ("protocol", "sides"),
    [
        ("cross-subject", ["train", "test", "test", "train"]),
        ("cross-view", ["test", "train", "train", "test"]),
    ],
)
def test_each_protocol_gives_its_own_sides(lay, tmp_path, protocol, sides):
    prepared = prepare_ntu_rgbd(lay(*CLIPS), tmp_path / "out", protocol=protocol)
    found = prepared.data_folder.annotations
    side = {each.video: each.split for each in found}
    assert [side[clip] for clip in CLIPS] == sides
    assert {each.video: each.person for each in found}[CLIPS[2]] == "P003"
    assert "S001P001R001A011" in {each.source for each in found}
    assert ("by its design" in prepared.data_folder.notes) == (protocol == "cross-view")


def test_classes_are_chosen_by_code_or_by_name(lay, tmp_path):
    prepared = prepare_ntu_rgbd(lay(*CLIPS), tmp_path / "out", classes="A011, writing")
    assert prepared.counts == {"reading": 2, "writing": 1} and prepared.problems == []
    assert "2 of 60 classes" in prepared.data_folder.notes


def test_the_larger_set_and_unknown_choices_are_refused(lay, tmp_path):
    source = lay(*CLIPS, "S018C001P041R001A011_rgb.avi", "S018C001P008R001A061_rgb.avi")
    problems = prepare_ntu_rgbd(source, tmp_path / "out").problems
    assert len(problems) == 2 and "belongs to NTU RGB+D 120, whose split is another" in problems[0]
    with pytest.raises(InputError, match="classes: 'A11' is not one of A001 to A060. Did you mean"):
        prepare_ntu_rgbd(source, tmp_path / "out", classes="A11")
    with pytest.raises(InputError, match="protocol=cross-subjet: known are cross-subject, cross-v"):
        prepare_ntu_rgbd(source, tmp_path / "out", protocol="cross-subjet")
