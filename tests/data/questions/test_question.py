"""A question: what it says, what is refused, and how answers become one spelling."""

import pytest

from kineograph.data.questions.known import known_from_json, learn_known
from kineograph.data.questions.question import (
    Question,
    plain_answer,
    question_from_fields,
    read_questions,
    write_questions,
)
from kineograph.errors import InputError


def test_it_goes_to_disk_and_back(tmp_path):
    asked = [
        Question("a.png", "What is red?", ("circle",), "shape", split="train"),
        Question("a.png", "What is red?", ("yes", "no"), group="g", source="s", number="7"),
        Question("t.tar/b.png", "Сколько их?"),
    ]
    write_questions(tmp_path / "q.jsonl", asked)
    assert read_questions(tmp_path / "q.jsonl") == asked


def test_its_words_are_lower_case_without_the_mark():
    assert Question("a.png", "What's the RED shape?").words == ("what", "'s", "the", "red", "shape")


def test_the_answer_is_what_most_said_in_one_spelling():
    people = ("Two", "2", "a dog", "dog", "dog.", "cat")
    assert Question("a.png", "how many?", people).answer == "dog"
    assert Question("a.png", "how many?", people).plain.count("2") == 2
    assert Question("a.png", "how many?").answer is None
    assert plain_answer("The") == "the"  # an article alone is left as it is


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"picture": "a.png"}, r"no 'question': every question needs one. Add it"),
        ({"picture": "a.png", "question": "?!"}, r"question '\?!': there is no word in it. Ask"),
        ({"picture": "a.png", "question": " "}, r"question is empty. Write one"),
        ({"picture": "a.png", "question": "x " * 300}, r"600 characters, and at most 400 are read"),
        ({"picture": "a.png", "question": "q", "answers": "red"}, r'not a list. Write \["red"\]'),
        ({"picture": "a.png", "question": "q", "answers": [3]}, r"the answer 3 is not a text"),
        ({"picture": "a.png", "question": "q", "answers": [""]}, r"the answer is empty. Write one"),
        ({"picture": "a.png", "question": "q", "split": "dev"}, r"split 'dev' is not one of"),
        ({"picture": "a.png", "question": "q", "kind": 3}, r"kind 3 is not a text"),
        ({"picture": "a.png", "question": "q", "answer": "r"}, r"unknown field 'answer'"),
    ],
)
def test_what_is_no_question_is_told(fields, words):
    with pytest.raises(InputError, match=words):
        question_from_fields(fields)


def test_the_same_question_twice_is_told_with_its_line(tmp_path):
    row = '{"picture": "a.png", "question": "what?"}\n'
    (tmp_path / "q.jsonl").write_text(row + row)
    with pytest.raises(InputError, match=r"line 2: a.png: 'what\?' stands on line 1 already"):
        read_questions(tmp_path / "q.jsonl")


def test_what_is_known_is_counted_and_comes_back():
    asked = [
        Question("a.png", "is it red?", ("yes",)),
        Question("b.png", "is it blue?", ("yes",)),
        Question("c.png", "what is it?", ("dog",)),
        Question("c.png", "who?", ("cat",)),
    ]
    known = learn_known(asked, least_count=2, most_answers=2)
    assert known.answers == ("yes", "cat")  # of equals the first by name
    assert set(known.vocabulary.words) == {"is", "it"} and known.longest == 3
    assert known_from_json(known.as_json()) == known
    with pytest.raises(InputError, match=r"have 1 answers, and two are needed to choose from"):
        learn_known(asked[:2], 1, 10)
