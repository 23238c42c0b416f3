import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.prepare import prepare_hmdb51, prepare_kinetics_csv, prepare_ucf101
from kineograph.data.split import assign_splits
from kineograph.errors import InputError

ARCHERY = [f"Archery/v_Archery_g0{group}_c01.avi" for group in (1, 2, 3)]
HANDSTAND = "HandstandPushups/v_HandStandPushups_g01_c02.avi"
TO_LEFT, TO_RIGHT = "April_09_wave_u_nm_np1_le_goo_0.avi", "April_09_wave_u_nm_np1_ri_goo_1.avi"
RUN, RUN_UNUSED = "wave_run_by_run_f_cm_np1_ba_med_0.avi", "Hitch_run_f_cm_np1_ba_med_3.avi"


@pytest.fixture
def ucf(lay, write):
    source = lay(*ARCHERY, HANDSTAND)
    write("ucfTrainTestlist/classInd.txt", "1 Archery", "2 HandstandPushups", "3 YoYo")
    write("ucfTrainTestlist/trainlist01.txt", f"{ARCHERY[1]} 1", f"{ARCHERY[2]} 1")
    write("ucfTrainTestlist/testlist01.txt", ARCHERY[0], HANDSTAND.lower().replace("h", "H", 1))
    write("ucfTrainTestlist/trainlist02.txt", f"{ARCHERY[0]} 1", "YoYo/v_YoYo_g01_c01.avi 3")
    write("ucfTrainTestlist/testlist02.txt", ARCHERY[1], HANDSTAND)
    return source


def test_ucf101_takes_the_side_from_the_chosen_list(ucf, tmp_path):
    prepared = prepare_ucf101(ucf, tmp_path / "out", list="2")
    found = prepared.data_folder.annotations
    assert [(each.video, each.split) for each in found] == [
        (ARCHERY[0], "train"),
        (ARCHERY[1], "test"),
        (HANDSTAND, "test"),
    ]
    assert [each.group for each in found] == ["Archery_g01", "Archery_g02", "HandstandPushups_g01"]
    assert prepared.problems == [
        f"{ARCHERY[2]}: it is not in list 2 of ucfTrainTestlist. Remove the file."
    ]
    assert prepared.data_folder.notes == (
        "Official list 2 of three; clips of one source video are a group. "
        "1 clips of the list are not here. 2 of 3 classes are here."
    )


def test_ucf101_trains_with_validation_groups_taken_out_of_training(ucf, tmp_path):
    prepared = prepare_ucf101(ucf, tmp_path / "out")
    split = assign_splits(prepared.data_folder.annotations)
    assert split.how == "given"
    assert {each.video for each in split.test} == {ARCHERY[0], HANDSTAND}
    assert len(split.train) == len(split.val) == 1


def test_ucf101_says_what_is_wrong_with_its_lists(ucf, write, tmp_path):
    with pytest.raises(InputError, match="list=4: known are 1, 2, 3. Choose one, for example"):
        prepare_ucf101(ucf, tmp_path / "out", list=4)
    with pytest.raises(InputError, match="trainlist03.txt: there is no such list. Unpack all of"):
        prepare_ucf101(ucf, tmp_path / "out", list=3)
    write("ucfTrainTestlist/testlist01.txt", "", "v_Archery_g01_c01.avi")
    with pytest.raises(InputError, match="testlist01.txt line 2: .* names no class. Write it as"):
        prepare_ucf101(ucf, tmp_path / "out")
    (ucf / "ucfTrainTestlist" / "trainlist01.txt").unlink()
    with pytest.raises(InputError, match="there is no ucfTrainTestlist/trainlist01.txt in it or"):
        prepare_ucf101(ucf, tmp_path / "out")


@pytest.fixture
def hmdb(lay, write):
    source = lay(f"wave/{TO_LEFT}", f"wave/{TO_RIGHT}", f"run/{RUN}", f"run/{RUN_UNUSED}")
    for number in (1, 2):
        lists = "testTrainMulti_7030_splits"
        write(f"{lists}/wave_test_split{number}.txt", f"{TO_LEFT} 1 ", f"{TO_RIGHT} {number} ")
        write(f"{lists}/run_test_split{number}.txt", f"{RUN} 2 ", f"{RUN_UNUSED} 0 ")
    return source


def test_hmdb51_leaves_out_what_the_list_does_not_use(hmdb, tmp_path):
    prepared = prepare_hmdb51(hmdb, tmp_path / "out")
    assert prepared.problems == []
    assert prepared.data_folder.annotations == [
        # the film's own name may hold the class: the last one counts
        Annotation(f"run/{RUN}", "run", group="wave_run_by", split="test", source="wave_run_by"),
        Annotation(f"wave/{TO_LEFT}", "wave", group="April_09", split="train", source="April_09"),
        Annotation(f"wave/{TO_RIGHT}", "wave", group="April_09", split="train", source="April_09"),
    ]
    assert prepared.data_folder.notes.endswith("it leaves 1 clips unused.")


def test_hmdb51_counts_the_films_that_its_list_has_on_both_sides(hmdb, tmp_path):
    notes = prepare_hmdb51(hmdb, tmp_path / "out", list=2).data_folder.notes
    assert "has 1 films both in training and in test" in notes


def test_hmdb51_says_what_is_wrong_with_its_lists(hmdb, write, tmp_path):
    with pytest.raises(InputError, match="run_test_split3.txt: it is not in .*Name the folder aft"):
        prepare_hmdb51(hmdb, tmp_path / "out", list=3)
    write("testTrainMulti_7030_splits/run_test_split1.txt", f"{RUN} 3")
    with pytest.raises(InputError, match="split1.txt line 1: '3' is not 0, 1 or 2. Write 1 for"):
        prepare_hmdb51(hmdb, tmp_path / "out")
    with pytest.raises(InputError, match="there is no testTrainMulti_7030_splits in it or beside"):
        prepare_hmdb51(tmp_path, tmp_path / "out")


def test_a_table_of_paths_and_times_becomes_a_data_set(lay, write, tmp_path):
    lay("videos/a.avi", "videos/b.avi")
    table = write(
        "clips.csv",
        "path,label,start,end",
        "videos/a.avi,jump,0.2,0.6",
        "videos\\b.avi,run,,",
        "videos/a.avi,jump,soon,",
        "videos/a.avi,jump,0.2,0.6",
    )
    prepared = prepare_kinetics_csv(table, tmp_path / "out")
    assert prepared.data_folder.annotations == [
        Annotation("videos/a.avi", "jump", 0.2, 0.6),
        Annotation("videos/b.avi", "run"),
    ]
    assert prepared.problems == [
        "clips.csv row 4: start 'soon' is not a number. Write one such as 4.2.",
        "clips.csv row 5: it repeats an earlier row. Remove one.",
    ]


def test_kinetics_rows_find_the_cut_or_the_whole_video_by_id(lay, write, tmp_path):
    source = lay("abseiling/0347ZoDXyP0_000095_000105.mp4", "-3B32lodo2M.mp4")
    table = write(
        "validate.csv",
        "label,youtube_id,time_start,time_end,split",
        "abseiling,0347ZoDXyP0,95,105,validate",
        "tap dancing,-3B32lodo2M,0,10,train",
        "tap dancing,gone,0,10,test",
        "tap dancing,-3B32lodo2M,0,10,tes",
    )
    prepared = prepare_kinetics_csv(table, tmp_path / "out", root=source)
    cut, whole = "0347ZoDXyP0", "-3B32lodo2M"
    assert prepared.data_folder.annotations == [
        Annotation(
            f"abseiling/{cut}_000095_000105.mp4", "abseiling", group=cut, split="val", source=cut
        ),
        Annotation(f"{whole}.mp4", "tap dancing", 0, 10, group=whole, split="train", source=whole),
    ]
    assert prepared.problems == [
        "validate.csv row 5: split 'tes' is unknown. Write train, validate or test.",
        "validate.csv: 1 of 4 rows have no video under src, for example gone. Fetch them, "
        "or go on without.",
    ]


def test_a_table_of_other_columns_is_refused(write, tmp_path):
    table = write("clips.csv", "file,label", "a.avi,x")
    with pytest.raises(InputError, match="clips.csv: its columns are file, label. Name them path"):
        prepare_kinetics_csv(table, tmp_path / "out")
    with pytest.raises(InputError, match="no.csv: there is no such table. Give the CSV file"):
        prepare_kinetics_csv(tmp_path / "no.csv", tmp_path / "out")
