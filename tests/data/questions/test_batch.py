"""Batches of questions: a picture's together, everything once, the same for the same seed."""

from itertools import groupby

import numpy as np
import pytest
import torch

from kineograph.data.augment import Augmentation
from kineograph.data.batch import IGNORED, Pass
from kineograph.data.questions.batch import BLANK, QuestionExamples
from kineograph.data.questions.question import Question
from kineograph.data.words import UNKNOWN, Vocabulary
from kineograph.errors import InputError

ANSWERS = ("yes", "no", "red")
SIDE = 8


class Drawn(dict):
    """Pictures by name, each of one grey."""


CACHE = Drawn({f"{n}.png": np.full((SIDE, SIDE, 3), 10 * n, np.uint8) for n in range(6)})
ASKED = [
    Question(f"{n % 6}.png", f"is it {colour} ?", (("yes", "no", "red", "blue")[n % 4],))
    for n, colour in enumerate(["red", "blue"] * 10)
    for _ in [0]
    if n < 14
]
VOCABULARY = Vocabulary.of([["is", "it", "red"]])


def examples(**more):
    some = [
        Question(each.picture, f"{each.question} {place}", each.answers)
        for place, each in enumerate(ASKED)
    ]
    return QuestionExamples(some, CACHE, VOCABULARY, ANSWERS, **more)


def ids_of(data, size=5, **walk):
    return [batch.ids for batch in data.batches(size, Pass(**walk))]


def test_every_question_comes_once_whatever_the_batch():
    data = examples()
    for size in (1, 5, 100):
        for shuffle in (False, True):
            ids = sum(ids_of(data, size, shuffle=shuffle, seed=3), [])
            assert sorted(ids) == sorted(question.id for question in data.questions)


def test_a_picture_is_there_once_and_rows_point_to_it():
    data = examples()
    for batch in data.batches(6, Pass(shuffle=True)):
        assert len(batch.pictures) == len(set(batch.rows.tolist())) <= 5
        names = {question.id: question.picture for question in data.questions}
        for row, name in zip(batch.rows.tolist(), batch.ids, strict=True):
            shown = batch.pictures[row, 0, 0, 0].item()
            assert shown == 10 * int(names[name].removesuffix(".png"))


def test_questions_of_a_picture_stand_side_by_side():
    data = examples()
    order = [data.questions[place].picture for place in data.order(Pass(shuffle=True, seed=1))]
    changes = sum(one != other for one, other in zip(order, order[1:], strict=False))
    assert changes == len(set(order)) - 1


def test_few_together_bring_a_picture_back_beside_others():
    data = examples(together=1)
    for epoch in range(3):
        order = [int(place) for place in data.order(Pass(epoch=epoch, shuffle=True))]
        assert sorted(order) == list(range(len(data)))
        names = [data.questions[place].picture for place in order]
        runs = [name for name, _ in groupby(names)]
        assert len(runs) > len(set(names))


def test_chance_is_of_seed_and_epoch_and_can_be_resumed():
    data = examples()
    assert ids_of(data, shuffle=True, seed=1) == ids_of(data, shuffle=True, seed=1)
    assert ids_of(data, shuffle=True, seed=1) != ids_of(data, shuffle=True, seed=2)
    assert ids_of(data, shuffle=True, epoch=1) != ids_of(data, shuffle=True, epoch=2)
    whole = ids_of(data, shuffle=True, seed=1)
    assert ids_of(data, shuffle=True, seed=1, first_step=1) == whole[1:]


def test_processes_share_a_batch_row_by_row():
    data = examples()
    whole = ids_of(data, shuffle=True)
    parts = [ids_of(data, shuffle=True, part=(rank, 2)) for rank in range(2)]
    for batch, first, second in zip(whole, *parts, strict=True):
        assert first == batch[::2] and second == batch[1::2]


def test_words_and_answers_are_numbers():
    some = [
        Question("0.png", "is it red?", ("yes", "Yes.", "blue")),
        Question("0.png", "zebra?"),
    ]
    batch = QuestionExamples(some, CACHE, VOCABULARY, ANSWERS).batch([0, 1])
    assert batch.words.tolist() == [[*VOCABULARY.encode(["is", "it", "red"])], [UNKNOWN, 0, 0]]
    assert batch.lengths.tolist() == [3, 1]
    assert batch.people.tolist() == [[0, 0, IGNORED], [IGNORED] * 3]


def test_blank_pictures_show_nothing_and_another_picture_is_another():
    assert (examples(blank=True).batch([0, 1]).pictures == BLANK).all()
    other = examples(of_pictures={"0.png": "5.png"}).batch([0])
    assert (other.pictures == 50).all()


def test_a_picture_changes_alike_for_all_its_questions_and_anew_each_epoch():
    data = examples(augmentation=Augmentation(brightness=0.5))
    one, same, later = (data.batch([place], epoch, 0).pictures for place, epoch in
                        ((1, 0), (7, 0), (1, 1)))  # fmt: skip
    assert data.questions[1].picture == data.questions[7].picture
    assert torch.equal(one, same) and not torch.equal(one, later)


def test_a_batch_of_none_is_refused():
    with pytest.raises(InputError, match="batch_size 0: ask for 1 or more"):
        examples().batches(0, Pass())
