import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.annotation import (
    FIELDS,
    Annotation,
    read_annotations,
    write_annotations,
)
from kineograph.errors import InputError
from kineograph.media.frame import Box

texts = st.text(min_size=1, max_size=12).filter(lambda text: text == text.strip() and text)
moments = st.floats(0, 1e5, allow_nan=False)
whole = st.integers(0, 4000)
sides = st.integers(1, 4000)


@st.composite
def annotations(draw):
    start = draw(moments)
    return Annotation(
        video=draw(texts),
        label=draw(texts),
        start_seconds=start,
        end_seconds=draw(st.none() | st.floats(1e-3, 1e4).map(lambda length: start + length)),
        window=draw(st.none() | st.builds(Box, whole, whole, sides, sides)),
        person=draw(st.none() | texts),
        group=draw(st.none() | texts),
        split=draw(st.sampled_from([None, "train", "val", "test"])),
        source=draw(st.none() | texts),
        marks=draw(st.none() | st.lists(texts, min_size=1, max_size=5).map(tuple)),
    )


def write_lines(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@given(st.lists(annotations(), max_size=8, unique_by=lambda annotation: annotation.id))
def test_what_is_written_is_read_back(tmp_path_factory, some):
    path = tmp_path_factory.mktemp("round") / "annotations.jsonl"
    write_annotations(path, some)
    assert read_annotations(path) == some


@given(annotations())
def test_an_id_is_a_file_name_on_every_system(annotation):
    assert not set(annotation.id) & set('/\\:*?"<>| \n\t\0')
    assert len(annotation.id) <= 70


def test_an_id_is_readable_and_known_by_heart():
    annotation = Annotation("walking/person01_walking_d1.avi", "walking")
    assert annotation.id.startswith("person01_walking_d1-")
    # Recorded: cached frames of older versions are found by it.
    assert annotation.id == "person01_walking_d1-b10cb1f4"


def test_an_id_depends_on_the_interval_and_not_on_who_is_seen():
    one = Annotation("a.mp4", "run", 1, 2, Box(0, 0, 9, 9))
    same = Annotation("a.mp4", "run", 1.0, 2.0, Box(0, 0, 9, 9), "anna", "g", "test", "tape")
    others = [
        Annotation("b.mp4", "run", 1, 2, Box(0, 0, 9, 9)),
        Annotation("a.mp4", "walk", 1, 2, Box(0, 0, 9, 9)),
        Annotation("a.mp4", "run", 0, 2, Box(0, 0, 9, 9)),
        Annotation("a.mp4", "run", 1, None, Box(0, 0, 9, 9)),
        Annotation("a.mp4", "run", 1, 2, Box(1, 0, 9, 9)),
        Annotation("a.mp4", "run", 1, 2),
    ]
    assert one.id == same.id
    assert len({each.id for each in [one, *others]}) == 7


def test_a_line_holds_only_what_was_said(tmp_path):
    path = tmp_path / "a.jsonl"
    write_annotations(path, [Annotation("бег.mp4", "бег", window=Box(1, 2, 3, 4), person="Анна")])
    assert path.read_text(encoding="utf-8") == (
        '{"video": "бег.mp4", "label": "бег", "window": [1, 2, 3, 4], "person": "Анна"}\n'
    )


def test_a_byte_order_mark_windows_line_ends_and_empty_lines_are_read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"video": "a", "label": "b"}\r\n\r\n{"video": "c", "label": "d"}'
    )
    assert [each.video for each in read_annotations(path)] == ["a", "c"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"lable": "run"}, "unknown field 'lable'. Did you mean 'label'?"),
        ({"zzz": 1}, "unknown field 'zzz'. The fields are video, label"),
        ({"label": " "}, "label is empty. Write one."),
        ({"label": "run "}, "label 'run ' begins or ends with a space. Remove it."),
        ({"label": 3}, "label 3 is not a text. Put it in quotes."),
        ({"person": ""}, "person is empty. Leave the field out."),
        ({"start_seconds": -1}, "start_seconds -1 lies before the first frame. Write 0 or more."),
        ({"start_seconds": "1"}, "start_seconds '1' is not a number of seconds. Write one"),
        ({"marks": "run"}, "marks 'run' is not a list of labels. Write one for each step"),
        ({"marks": []}, "marks () is not a list of labels"),
        ({"marks": ["run", " "]}, "marks: ' ' is not a label. Write a word in quotes."),
        ({"start_seconds": True}, "start_seconds True is not a number of seconds"),
        ({"end_seconds": float("nan")}, "end_seconds nan is not a number of seconds"),
        (
            {"start_seconds": 4, "end_seconds": 4},
            "end_seconds 4 is not after start_seconds 4. Correct one of them.",
        ),
        ({"window": [1, 2, 3]}, "window [1, 2, 3] is not four whole numbers of pixels. Write [x,"),
        ({"window": [0, 0, 0.5, 3]}, "window [0, 0, 0.5, 3] is not four whole numbers of pixels"),
        ({"window": [0, 0, 0, 3]}, "window 0x3 pixels has no area"),
        ({"window": [-1, 0, 2, 3]}, "window starts at (-1, 0), outside of the picture"),
        ({"split": "tset"}, "split 'tset' is not one of train, val, test. Did you mean 'test'?"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_remedy(tmp_path, said, words):
    good = {"video": "a.mp4", "label": "run"}
    path = write_lines(
        tmp_path / "a.jsonl", json.dumps(good), json.dumps(good | {"start_seconds": 9} | said)
    )
    with pytest.raises(InputError) as caught:
        read_annotations(path)
    assert str(caught.value).startswith(f"a.jsonl line 2: {words}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"video": "a.mp4"}', "no 'label': every annotation needs one. Add it."),
        ('{"video": null, "label": "run"}', "no 'video': every annotation needs one. Add it."),
        ('{"video": "a.mp4"', "not JSON (Expecting ',' delimiter, column 18). Write one object"),
        ("[1, 2]", "[1, 2] is not a JSON object"),
    ],
)
def test_a_line_that_is_no_annotation_says_so(tmp_path, line, words):
    with pytest.raises(InputError) as caught:
        read_annotations(write_lines(tmp_path / "a.jsonl", line))
    assert str(caught.value).startswith(f"a.jsonl line 1: {words}")


def test_all_bad_lines_are_reported_together(tmp_path):
    good = '{"video": "a.mp4", "label": "run"}'
    lines = [good, "{}", good, *["[]"] * 30]
    with pytest.raises(InputError) as caught:
        read_annotations(write_lines(tmp_path / "a.jsonl", *lines))
    told = str(caught.value).split("\n")
    assert told[0] == "a.jsonl: 32 bad lines:"
    assert told[1] == "  line 2: no 'video': every annotation needs one. Add it."
    assert told[2] == "  line 3: the same interval as line 1. Remove one of them."
    assert told[-1] == "  and 12 more"
    assert len(told) == 22


def test_the_same_interval_is_not_written_twice(tmp_path):
    twice = [Annotation("a.mp4", "run"), Annotation("a.mp4", "run", person="anna")]
    with pytest.raises(InputError, match="a.mp4: annotations 1 and 2 are the same interval"):
        write_annotations(tmp_path / "a.jsonl", twice)


def test_a_missing_or_binary_file_is_named(tmp_path):
    with pytest.raises(InputError, match="no.jsonl: there is no such file. Check the path."):
        read_annotations(tmp_path / "no.jsonl")
    (tmp_path / "b.jsonl").write_bytes(b"{\xff}")
    with pytest.raises(InputError, match="b.jsonl: byte 1 is not UTF-8 text. Save the file"):
        read_annotations(tmp_path / "b.jsonl")


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    write_annotations(path, [Annotation("a.mp4", "run")])

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_annotations(path, [Annotation("b.mp4", "run")])
    assert [each.video for each in read_annotations(path)] == ["a.mp4"]
    assert [file.name for file in tmp_path.iterdir()] == ["a.jsonl"]


def test_the_fields_are_those_of_the_design():
    names = "video label start_seconds end_seconds window person group split source "
    names += "copy_of mirrored noise copy_number marks"
    assert names.split() == list(FIELDS)
