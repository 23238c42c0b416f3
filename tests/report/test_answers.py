"""predictions.jsonl: what is written is read, what is broken is said."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.report.answers import Answer, read_answers, write_answers
from tests.report.drawn_runs import draw_answers, draw_frame_answers


def clip(**changes: object) -> Answer:
    plain = {"id": "x", "video": "x.mp4", "truth": "a", "answer": "b", "probabilities": {"a": 0.5}}
    return Answer(**{**plain, **changes})  # type: ignore[arg-type]


def test_what_is_written_is_read(tmp_path: Path):
    answers = [*draw_answers(n=6), *draw_frame_answers(clips=2)]
    path = write_answers(tmp_path / "deep" / "predictions.jsonl", answers)
    assert read_answers(path) == answers
    assert [file.name for file in path.parent.iterdir()] == ["predictions.jsonl"]


@given(st.text(min_size=1), st.text(), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_any_name_survives(
    tmp_path_factory: pytest.TempPathFactory, name: str, label: str, share: float
):
    path = tmp_path_factory.mktemp("answers") / "predictions.jsonl"
    name = name.encode("utf-8", "replace").decode("utf-8")  # files hold no lone surrogates
    label = label.encode("utf-8", "replace").decode("utf-8")
    answer = clip(id=name, video=name, truth=label, answer=label, probabilities={label: share})
    assert read_answers(write_answers(path, [answer, answer])) == [answer, answer]


def test_a_half_written_last_line_is_left_out_with_a_word(tmp_path: Path):
    path = write_answers(tmp_path / "predictions.jsonl", draw_answers(n=3))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 40])
    notes: list[str] = []
    assert len(read_answers(path, notes)) == 2
    assert notes == ["predictions.jsonl: the last line is cut short and was left out."]
    with pytest.warns(UserWarning, match="the last line is cut short"):
        read_answers(path)


def test_a_broken_line_in_the_middle_is_refused_with_its_number(tmp_path: Path):
    path = write_answers(tmp_path / "predictions.jsonl", draw_answers(n=3))
    first, _, last = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{first}\n{{broken\n{last}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"predictions.jsonl, line 2: not JSON .*Mend or remove"):
        read_answers(path)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1, 2]", "line 1: not a JSON object. One answer a line: id, video"),
        ('{"id": "x", "truth": "a"}', "line 1: no 'answer'"),
        (
            '{"id": "x", "truth": "a", "answer": "a", "probabilities": {"a": NaN}}',
            "line 1: a probability is not a finite number",
        ),
        ('{"id": "x", "truth": 3, "answer": "a"}', "line 1: truth and answer are words or lists"),
        (
            '{"id": "x", "truth": "a", "answer": "a", "probabilities": [1]}',
            "line 1: probabilities are given by label",
        ),
    ],
)
def test_a_line_that_is_no_answer_is_refused(tmp_path: Path, line: str, words: str):
    path = tmp_path / "predictions.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_answers(path)


def test_a_missing_file_says_what_to_run(tmp_path: Path):
    with pytest.raises(InputError, match="no such file. Run `kineograph evaluate`"):
        read_answers(tmp_path / "predictions.jsonl")


def test_fields_of_a_newer_version_are_passed_over(tmp_path: Path):
    path = tmp_path / "predictions.jsonl"
    path.write_text('{"id": "x", "truth": "a", "answer": "b", "mood": "good"}\n', encoding="utf-8")
    (answer,) = read_answers(path)
    assert (answer.video, answer.probabilities, answer.per_frame) == ("x", {}, False)


def test_shapes_are_checked_at_the_door():
    with pytest.raises(InputError, match="truth a word, answer a list of 2. Give both a word"):
        clip(answer=["a", "b"])
    with pytest.raises(InputError, match="3 frames have a truth, 2 an answer"):
        clip(truth=["a"] * 3, answer=["a"] * 2, probabilities={})
    with pytest.raises(InputError, match="probabilities of 'a' are not a list of 2"):
        clip(truth=["a"] * 2, answer=["a"] * 2, probabilities={"a": [0.5]})
    with pytest.raises(InputError, match="probabilities of 'a' are not one number"):
        clip(probabilities={"a": [0.5]})


def test_a_diverged_network_is_not_written(tmp_path: Path):
    path = tmp_path / "predictions.jsonl"
    with pytest.raises(
        InputError, match="answer x: a probability or a time is not a finite number"
    ):
        write_answers(path, [clip(probabilities={"a": float("nan")})])
    assert not path.exists()
