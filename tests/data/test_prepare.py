import inspect
import shutil

import pytest

from kineograph.data.annotation import Annotation
from kineograph.data.prepare import PREPARE, prepare_csv, prepare_folder
from kineograph.errors import InputError
from kineograph.media.frame import Box


@pytest.fixture(scope="session")
def clip(tmp_path_factory, draw):
    """One second of video."""
    return draw.video(tmp_path_factory.mktemp("clip") / "clip.avi", draw.noise(25))


@pytest.fixture
def put(tmp_path, clip):
    """Put copies of the clip under tmp_path / "src"."""

    def put(*names):
        for name in names:
            path = tmp_path / "src" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(clip, path)
        return tmp_path / "src"

    return put


def videos(prepared):
    return {each.video: each.label for each in prepared.data_folder.annotations}


def test_a_folder_for_each_class_becomes_a_data_set(put, tmp_path, draw):
    source = put("walk/1.avi", "walk/monday/2.AVI", "run/1.avi", ".git/x/1.avi", "__MACOSX/1.avi")
    draw.pictures(source / "run" / "frames", draw.noise(3))
    (source / "run" / "notes.txt").write_text("not a video")
    done = []
    prepared = prepare_folder(
        source, tmp_path / "out", progress=lambda count, total: done.append((count, total))
    )
    assert videos(prepared) == {
        "run/1.avi": "run",
        "run/frames": "run",
        "walk/1.avi": "walk",
        "walk/monday/2.AVI": "walk",
    }
    assert prepared.counts == {"run": 2, "walk": 2}
    assert prepared.problems == []
    assert prepared.data_folder.name == "src"
    assert done == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_cannot_be_read_is_listed_and_left_out(put, tmp_path, draw):
    source = put("walk/1.avi", "run/1.avi", "jump/1.avi", "lost.avi", "walk/thumb/1.avi")
    (source / "walk" / "2.avi").write_bytes(b"")
    (source / "jump" / "1.avi").write_bytes(b"this is no video")
    (source / "sit").mkdir()
    draw.pictures(source / "stand", draw.noise(3))
    draw.pictures(tmp_path / "one", draw.noise(1))
    shutil.copy(tmp_path / "one" / "0.png", source / "walk" / "thumb" / "1.png")
    prepared = prepare_folder(source, tmp_path / "out")
    assert prepared.counts == {"run": 1, "walk": 2}
    starts = [
        "lost.avi: it is in no class. Move it into the folder of one.",
        "sit: no video in this class. Add some, or remove the folder.",
        "stand: 3 pictures lie directly in the folder of the class, so it is unclear where a clip",
        "jump/1.avi: ",
        "walk/2.avi: ",
    ]
    assert len(prepared.problems) == len(starts)
    for problem, start in zip(prepared.problems, starts, strict=True):
        assert problem.startswith(start)
        assert "\n" not in problem
        assert str(tmp_path) not in problem


def test_the_group_is_taken_from_the_path(put, tmp_path):
    source = put("walk/anna_1.avi", "walk/bob_1.avi", "run/anna_2.avi")
    prepared = prepare_folder(source, tmp_path / "out", group=r"/([a-z]+)_")
    assert [each.group for each in prepared.data_folder.annotations] == ["anna", "anna", "bob"]


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("(a", r"group '\(a' is not a regular expression \(missing \)"),
        ("anna", r"group 'anna' has 0 parts in \( \), and one names the group\. Write it as in"),
        ("(anna)", r"is found in 1 of 2 clips, for example not in walk/bob\.avi\. Correct it so"),
    ],
)
def test_a_group_that_is_not_in_every_path_is_refused(put, tmp_path, group, words):
    source = put("walk/bob.avi", "run/anna.avi")
    with pytest.raises(InputError, match=words):
        prepare_folder(source, tmp_path / "out", group=group)


def test_folders_that_are_no_classes_say_why(put, tmp_path):
    with pytest.raises(InputError, match="src: there is no such folder. Name the one with"):
        prepare_folder(tmp_path / "src", tmp_path / "out")
    source = put("1.avi")
    with pytest.raises(InputError, match="src: there are no folders in it. Put the clips of each"):
        prepare_folder(source, tmp_path / "out")
    put("walk/1.avi")
    with pytest.raises(InputError) as caught:
        prepare_folder(source, tmp_path / "out")
    assert str(caught.value) == (
        f"{source}: only the class 'walk' has a clip that can be read, and two are needed. "
        "Bring clips of another class (to reviewed alerts: --with DATA). Problems: 1, "
        "the first: 1.avi: it is in no class. Move it into the folder of one."
    )
    with pytest.raises(InputError, match="source and result are the same folder"):
        prepare_folder(source, source)
    assert not (tmp_path / "out").exists()


def test_preparing_again_into_the_same_place_is_no_harm_even_below_the_source(put):
    source = put("walk/1.avi", "run/1.avi")
    for _ in range(2):
        prepared = prepare_folder(source, source / "out")
        assert prepared.counts == {"run": 1, "walk": 1}
        assert prepared.problems == []


def test_another_source_is_refused_before_any_video_is_read(put, tmp_path, monkeypatch):
    prepare_folder(put("walk/1.avi", "run/1.avi"), tmp_path / "out")
    shutil.copytree(tmp_path / "src", tmp_path / "other")
    monkeypatch.setattr("kineograph.data.prepare.prepared.inspect", None)
    with pytest.raises(InputError, match="out holds the data set made from .*src. Choose another"):
        prepare_folder(tmp_path / "other", tmp_path / "out")
    monkeypatch.undo()
    prepared = prepare_folder(tmp_path / "other", tmp_path / "out", overwrite=True)
    assert prepared.data_folder.source_root == tmp_path / "other"


def write_table(put, text, *names):
    source = put(*(names or ("a.avi", "b.avi")))
    (source / "clips.csv").write_text(text, encoding="utf-8")
    return source / "clips.csv"


def test_a_table_becomes_a_data_set(put, tmp_path):
    table = write_table(
        put,
        "File,Class,Start Seconds,end,window,person,source,split\n"
        'a.avi,walk,0.2,0.6,"2, 4, 20, 10",anna,tape 1,train\n'
        "b.avi,run,,,,,,\n"
        "\n"
        "b.avi,walk,0.5,,[0 0 8 8],,,test\n",
    )
    prepared = prepare_csv(table, tmp_path / "out")
    assert prepared.problems == []
    assert prepared.data_folder.name == "clips"
    assert prepared.data_folder.annotations == [
        Annotation(
            "a.avi", "walk", 0.2, 0.6, Box(2, 4, 20, 10), "anna", source="tape 1", split="train"
        ),
        Annotation("b.avi", "run"),
        Annotation("b.avi", "walk", 0.5, window=Box(0, 0, 8, 8), split="test"),
    ]


def test_semicolons_commas_as_points_a_byte_order_mark_and_four_columns_of_a_window(put, tmp_path):
    table = write_table(
        put,
        "\ufeffvideo;label;start_seconds;window_x;window_y;window_width;window_height\r\n"
        "src\\a.avi;шаг;0,2;1;2;3;4\r\n"
        "src\\b.avi;бег;;;;;\r\n",
    )
    prepared = prepare_csv(table, tmp_path / "out", root=tmp_path)
    assert prepared.data_folder.annotations == [
        Annotation("src/a.avi", "шаг", 0.2, window=Box(1, 2, 3, 4)),
        Annotation("src/b.avi", "бег"),
    ]


def test_whole_paths_below_the_root_become_relative(put, tmp_path):
    source = put("a.avi", "b.avi")
    table = write_table(put, f"video,label\n{source / 'a.avi'},x\nb.avi,y\n")
    assert videos(prepare_csv(table, tmp_path / "out")) == {"a.avi": "x", "b.avi": "y"}


def test_each_bad_row_is_named_and_left_out(put, tmp_path):
    table = write_table(
        put,
        "video,label,start,end,window\n"
        "a.avi,walk,,,\n"
        "b.avi,run,,,\n"
        "a.avi,walk,zero,,\n"
        "a.avi,,,,\n"
        "a.avi,walk,2,1,\n"
        "a.avi,walk,,\n"
        "b.avi,run,,,\n"
        "c.avi,run,,,\n"
        "a.avi,walk,7,,\n"
        'a.avi,walk,,,"0,0,99,9"\n',
    )
    prepared = prepare_csv(table, tmp_path / "out")
    assert prepared.counts == {"run": 1, "walk": 1}
    starts = [
        "clips.csv row 4: start_seconds 'zero' is not a number. Write one such as 4.2.",
        "clips.csv row 5: no 'label': every annotation needs one. Add it.",
        "clips.csv row 6: end_seconds 1 is not after start_seconds 2. Correct one of them.",
        "clips.csv row 7: 4 cells under 5 names. Quote cells with commas.",
        "clips.csv row 8: the same as row 3. Remove one.",
        "c.avi: ",
        "a.avi: start_seconds 7 is after its end, 1.0 s. Correct it.",
        "a.avi: window [0, 0, 99, 9] reaches out of the picture of 32x24 pixels. Correct it.",
    ]
    assert len(prepared.problems) == len(starts)
    for problem, start in zip(prepared.problems, starts, strict=True):
        assert problem.startswith(start)


def test_columns_may_be_named_or_left_out(put, tmp_path):
    table = write_table(put, "file,label,sequence,fps\na.avi,x,1,25\nb.avi,y,2,25\n")
    prepared = prepare_csv(table, tmp_path / "out", columns={"sequence": "group", "fps": ""})
    assert [each.group for each in prepared.data_folder.annotations] == ["1", "2"]


@pytest.mark.parametrize(
    ("header", "columns", "words"),
    [
        ("video,lable", {}, "clips.csv: unknown column 'lable'. Did you mean 'label'? Rename or"),
        ("video,label,qqq", {}, "unknown column 'qqq'. Known are video, label, start_seconds,"),
        ("video,person", {}, "clips.csv: there is no column 'label'. Add or rename one."),
        ("video,file,label", {}, "clips.csv: two columns say 'video'. Leave one of them out."),
        ("video,label", {"labels": "label"}, "there is no column 'labels'. Did you mean 'label'?"),
        ("video,label", {"label": "lable"}, "column 'label': 'lable' is unknown. Did you mean"),
        ("", {}, "clips.csv: it is empty. Begin with a row of names such as video,label."),
    ],
)
def test_a_table_that_is_not_understood_says_why(put, tmp_path, header, columns, words):
    table = write_table(put, f"{header}\na.avi,x\n" if header else "")
    with pytest.raises(InputError) as caught:
        prepare_csv(table, tmp_path / "out", columns=columns)
    assert words in str(caught.value)


def test_a_table_or_root_that_is_not_there_is_named(put, tmp_path):
    with pytest.raises(InputError, match=r"no.csv: there is no such file. Check the path."):
        prepare_csv(tmp_path / "no.csv", tmp_path / "out")
    table = write_table(put, "video,label\n")
    with pytest.raises(InputError, match="nowhere: there is no such folder. Name the one that"):
        prepare_csv(table, tmp_path / "out", root=tmp_path / "nowhere")
    with pytest.raises(
        InputError, match="no class has a clip that can be read, and two are needed"
    ):
        prepare_csv(table, tmp_path / "out")


@pytest.mark.parametrize("name", PREPARE)
def test_every_way_of_preparing_is_called_alike(name):
    parameters = inspect.signature(PREPARE[name]).parameters
    assert list(parameters)[:2] == ["source", "out"]
    assert {"name", "command", "overwrite", "progress"} <= set(parameters)
