import numpy as np
import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.prepare import prepare_surveillance_fight, prepare_ut_interaction
from kineograph.errors import InputError


def test_ut_interaction_takes_class_and_sequence_from_the_name(lay, tmp_path):
    source = lay("0_1_4.avi", "17_3_0.avi", "54_10_0.avi", "54_10_6.avi")
    prepared = prepare_ut_interaction(source, tmp_path / "out")
    assert prepared.data_folder.annotations == [
        Annotation("0_1_4.avi", "punch", group="sequence01"),
        Annotation("17_3_0.avi", "handshake", group="sequence03"),
        Annotation("54_10_0.avi", "handshake", group="sequence10"),
    ]
    assert len(prepared.problems) == 1 and "54_10_6.avi: its name is not" in prepared.problems[0]
    assert prepared.data_folder.notes.startswith("3 sequences are the groups")


def test_surveillance_fight_takes_recordings_from_the_table(lay, write, tmp_path):
    source = lay("fight/fi001.mp4", "fight/fi002.mp4", "no_fight/nofi001.mp4")
    write(
        "clips.csv",
        "file,label,source",
        "fight/fi001.mp4,fight,source000",
        "fight/fi002.mp4,fight,source001",
        "no_fight/nofi001.mp4,no_fight,source000",
    )
    prepared = prepare_surveillance_fight(source, tmp_path / "out")
    found = prepared.data_folder.annotations
    assert [(each.label, each.group) for each in found] == [
        ("fight", "source000"),
        ("fight", "source001"),
        ("no_fight", "source000"),
    ]
    assert all(each.source == each.group for each in found)
    assert "2 recordings. Recordings are those that clips.csv names." in prepared.data_folder.notes


def test_without_a_table_clips_with_nearly_the_same_frame_are_one_recording(draw, tmp_path):
    source = tmp_path / "src"
    street, yard, shop = (draw.noise(9, seed=seed)[[0, 0, 0, 3, 3, 3, 6, 6]] for seed in (1, 2, 3))
    later = np.concatenate([street[6:], draw.noise(5, seed=4)])
    brighter = np.clip(shop.astype(int) + 2, 0, 255).astype(np.uint8)
    draw.video(source / "fight" / "fi001.mp4", street)
    draw.video(source / "fight" / "fi002.mp4", yard)
    draw.video(source / "fight" / "fi003.mp4", shop)
    draw.video(source / "noFight" / "nofi001.mp4", later)
    draw.video(source / "noFight" / "nofi002.mp4", brighter)
    prepared = prepare_surveillance_fight(source, tmp_path / "out")
    group = {each.video: each.group for each in prepared.data_folder.annotations}
    assert group["fight/fi001.mp4"] == group["noFight/nofi001.mp4"]
    assert group["fight/fi003.mp4"] == group["noFight/nofi002.mp4"]
    assert len(set(group.values())) == 3
    assert prepared.counts == {"fight": 3, "no_fight": 2} and prepared.problems == []
    assert "3 recordings. There is no clips.csv: clips with" in prepared.data_folder.notes


def test_a_clip_that_cannot_be_read_is_the_only_problem(lay, tmp_path):
    source = lay("fight/fi001.mp4", "noFight/nofi001.mp4")
    (source / "fight" / "fi002.mp4").write_bytes(b"no video")
    prepared = prepare_surveillance_fight(source, tmp_path / "out")
    assert len(prepared.problems) == 1 and prepared.problems[0].startswith("fight/fi002.mp4: ")


def test_a_table_or_folders_that_do_not_fit_are_refused(lay, write, tmp_path):
    source = lay("fight/fi001.mp4")
    with pytest.raises(InputError, match="clips lie in the folders fight and noFight. Give their"):
        prepare_surveillance_fight(source, tmp_path / "out")
    lay("noFight/nofi001.mp4")
    write("clips.csv", "file,source", "fight/fi001.mp4,a")
    words = r"1 of 2 clips have no source in it, for example noFight/nofi001.mp4. Add their rows"
    with pytest.raises(InputError, match=words):
        prepare_surveillance_fight(source, tmp_path / "out")
    write("clips.csv", "file,label", "fight/fi001.mp4,a")
    with pytest.raises(InputError, match="it needs the columns file and source. Rename or remove"):
        prepare_surveillance_fight(source, tmp_path / "out")
