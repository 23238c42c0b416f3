import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.dataset_folder import DataFolder
from kineograph.data.lines.folder import LinesFolder
from kineograph.data.lines.line import Line, line_from_fields, read_lines, write_lines
from kineograph.data.prepare.lines import prepare_lines
from kineograph.errors import InputError
from tests.data.lines.drawn import save_line

words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(
    lambda text: text.strip()
)
points = st.lists(
    st.tuples(st.integers(0, 999), st.integers(0, 999)), min_size=3, max_size=9, unique=True
).map(tuple)
made = st.builds(
    Line,
    picture=words,
    text=words,
    polygon=st.none() | points,
    baseline=st.none() | points,
    group=st.none() | words,
    split=st.none() | st.sampled_from(["train", "val", "test"]),
    white_above=st.none() | st.integers(1, 255),
)


@given(st.lists(made, unique_by=lambda line: line.id))
def test_what_is_written_is_read_back(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("lines") / "lines.jsonl"
    write_lines(path, lines)
    assert read_lines(path) == lines


@given(made, words)
def test_an_id_outlives_a_corrected_text_and_a_new_group(line, text):
    assert (
        Line(line.picture, text, line.polygon, line.baseline, "g", white_above=line.white_above).id
        == line.id
    )


def test_text_is_nfc():
    assert Line("a.png", "Fu\u0308r").text == "Für"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"picture": "a.png"}, "no 'text': every line needs one"),
        ({"picture": "a.png", "text": "a", "txt": 1}, "unknown field 'txt'. Did you mean 'text'"),
        ({"picture": "a.png", "text": " "}, "a.png: text is empty. Write what stands there"),
        ({"picture": "a.png", "text": "a\nb"}, "has several lines"),
        ({"picture": "a.png", "text": 3}, "text 3 is not a text. Put it in quotes"),
        ({"picture": "a.png", "text": "a", "split": "tests"}, "Did you mean 'test'"),
        ({"picture": "a.png", "text": "a", "polygon": [[1, 2], [3, 4]]}, "fewer than 3 points"),
        ({"picture": "a.png", "text": "a", "polygon": [1, 2]}, "is not a list of points"),
        ({"picture": "a.png", "text": "a", "white_above": 300}, "is not a grey level"),
    ],
)
def test_what_is_no_line_is_refused_with_a_remedy(fields, words):
    with pytest.raises(InputError, match=words):
        line_from_fields(fields)


def test_bad_lines_of_a_file_are_all_named(tmp_path):
    (tmp_path / "lines.jsonl").write_text(
        '{"picture": "a.png", "text": "a"}\n{"picture"\n[]\n{"picture": "a.png", "text": "b"}\n'
    )
    with pytest.raises(InputError) as told:
        read_lines(tmp_path / "lines.jsonl")
    assert "lines.jsonl: 3 bad lines" in str(told.value)
    assert "line 2: not JSON" in str(told.value)
    assert "line 4: a.png: the same place twice. Remove one of them." in str(told.value)


def test_a_folder_of_lines_says_what_it_is(tmp_path):
    save_line(tmp_path / "src", "a", "Habe")
    folder = prepare_lines(tmp_path / "src", tmp_path / "out", name="Faust").data_folder
    assert folder.name == "Faust" and folder.about["kind"] == "lines"
    assert LinesFolder(tmp_path / "out").lines == [Line("a.png", "Habe")]
    cache, problems = folder.build_cache(height_pixels=32)
    assert cache[folder.lines[0]].shape[0] == 32 and not problems
    with pytest.raises(InputError, match="holds lines of text, and clips are asked for"):
        DataFolder(tmp_path / "out")
    with pytest.raises(InputError, match="does not hold prepared lines"):
        LinesFolder(tmp_path / "src")


def test_another_source_is_refused_and_replaced_when_asked(tmp_path):
    save_line(tmp_path / "one", "a", "Habe")
    save_line(tmp_path / "two", "a", "Philosophie")
    prepare_lines(tmp_path / "one", tmp_path / "out")
    with pytest.raises(InputError, match="--overwrite"):
        prepare_lines(tmp_path / "two", tmp_path / "out")
    done = prepare_lines(tmp_path / "two", tmp_path / "out", overwrite=True)
    assert [line.text for line in done.data_folder.lines] == ["Philosophie"]
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "annotations.jsonl").write_text("")
    with pytest.raises(InputError, match="it holds clips, and these are lines"):
        prepare_lines(tmp_path / "one", tmp_path / "clips")
