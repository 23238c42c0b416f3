"""Describe: the loss by hand, what is learned beside it, and learning from CIDEr-D."""

import math
from typing import NamedTuple

import pytest
import torch
from torch import nn

from kineograph.data.batch import Pass
from kineograph.data.captions.batch import CaptionBatch, CaptionExamples, as_text, vocabulary_of
from kineograph.data.pictures.cache import build_picture_cache
from kineograph.data.words import END, PAD, START
from kineograph.decoding.sequence_beam import Sampling, sample
from kineograph.metrics.captions.cider import Consensus
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.models.attending_captioner import AttendingCaptionerConfig
from kineograph.nets.models.captioner import CaptionerConfig
from kineograph.tasks.describe import Describe, captioner_speaker, guess_loss, unevenness
from tests.data.captions.drawn import drawn_folder

STEPS = 140  # some seconds
GRID = GridEncoderConfig(stem_filters=8, filters=(8, 16), blocks=(1, 1), strides=(2, 2))
WORDS = torch.tensor([[[START, 5, 4, END, PAD], [START, 6, END, PAD, PAD]],
                      [[START, 4, END, PAD, PAD], [PAD, PAD, PAD, PAD, PAD]]])  # fmt: skip


class Fixed:
    """A captioner that gives every word of six the same odds, whatever it sees."""

    training = True
    odds = torch.tensor([0.0, 0.0, 2.0, 0.0, 1.0, 0.5, 0.0])

    def see(self, pictures):
        return (pictures,)

    def walk(self, memory, words):
        return torch.zeros(*words.shape, 1), torch.full((*words.shape, 2), 0.5)

    def say(self, outputs):
        return self.odds.expand(*outputs.shape[:-1], 7)

    def guess_words(self, memory):
        return torch.zeros(len(memory[0]), 7)


def batch():
    return CaptionBatch(torch.zeros(2, 3, 8, 8, dtype=torch.uint8), WORDS, ["a", "b"], [])


def test_loss_is_nats_a_word_of_all_words_with_their_ends():
    logs = Fixed.odds.log_softmax(-1)
    said = [5, 4, END, 6, END, 4, END]
    loss, answers = Describe().loss(Fixed(), batch())
    assert float(loss) == pytest.approx(-float(logs[said].mean()), abs=1e-6)
    assert answers == [[2, 2, 2], [2, 2], [2, 2]]  # the likeliest everywhere
    assert Describe().truth(batch()) == [[5, 4, END], [6, END], [4, END]]
    assert Describe().score(answers, Describe().truth(batch())) == {"word_accuracy": 3 / 7}


def test_what_is_learned_beside_is_added_while_training_alone():
    plain = float(Describe().loss(Fixed(), batch())[0])
    # three sentences of 3, 2 and 2 words; each of two places has had half of every word
    even = ((1 - 1.5) ** 2 * 2 + (1 - 1) ** 2 * 2 * 2) / 7
    # words 4, 5, 6 of two pictures: log 2 for each, over shares said 0.5 + 0.5 + 0.5 + 1
    guessed = 6 * math.log(2) / 2.5
    task = Describe(even_attention=2.0, guess_weight=3.0)
    assert float(task.loss(Fixed(), batch())[0]) == pytest.approx(plain + 2 * even + 3 * guessed)
    still = Fixed()
    still.training = False
    smooth = Describe(label_smoothing=0.2, even_attention=2.0, guess_weight=3.0)
    assert float(smooth.loss(still, batch())[0]) == pytest.approx(plain)


def test_even_attention_costs_nothing_where_every_place_had_one_word():
    attention = torch.eye(3).view(1, 1, 3, 3)
    assert float(unevenness(attention, torch.ones(1, 1, 3, dtype=torch.bool))) == 0
    only = torch.tensor([[[True, True, False]]])  # the last step says nothing
    assert float(unevenness(attention, only)) == pytest.approx(0.5)


def test_a_guess_is_cheap_only_where_it_is_right():
    right = torch.full((2, 7), -20.0)
    right[1, 4] = 20.0
    wrong = right.flip(1)
    alone = WORDS.clone()
    alone[0] = PAD
    assert float(guess_loss(right, alone)) < 1e-3 < 1 < float(guess_loss(wrong, alone))


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    folder = drawn_folder(tmp_path_factory.mktemp("shapes"))
    cache, _ = build_picture_cache(
        folder.cache, folder.source_root, [each.picture for each in folder.records], size_pixels=32
    )
    return CaptionExamples(folder.records, cache, vocabulary_of(folder.records, 1), longest=8)


def trained(config, data, task, steps, rate=5e-3):
    torch.manual_seed(0)
    network = config.build(len(data.vocabulary), 32).train()
    learn(network, data, task, steps, rate)
    learn(network, data, task, steps // 4, rate / 10)  # to rest
    return network


def learn(network, data, task, steps, rate):
    optimiser = torch.optim.Adam(network.parameters(), rate)
    (whole,) = data.batches(len(data), Pass())
    for _ in range(steps):
        network.train()
        loss, _ = task.loss(network, whole)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


@pytest.mark.parametrize(
    "config",
    [
        CaptionerConfig(grid=GRID, units=32, embedding=16, dropout=0.0),
        CaptionerConfig(grid=GRID, units=32, embedding=16, dropout=0.0, cell="rnn",
                        activation="relu", picture="beside"),
        AttendingCaptionerConfig(grid=GRID, units=32, embedding=16, attention=16, dropout=0.0,
                                 word_guess=True),
    ],
    ids=["show-and-tell", "neuraltalk", "show-attend-tell"],
)  # fmt: skip
def test_shapes_are_learned_to_be_described(config, shapes):
    task = Describe(guess_weight=0.1 if config.word_guess else 0.0)
    network = trained(config, shapes, task, STEPS).eval()
    (whole,) = shapes.batches(len(shapes), Pass())
    answers = task.answer(network, whole)
    right = sum(
        said in truths
        for said, truths in zip(
            answers[::2], zip(*[iter(task.truth(whole))] * 2, strict=True), strict=True
        )
    )
    assert right >= 0.8 * len(shapes)


class Table(nn.Module):
    """A captioner of a table: the odds of every word, at each place of each picture's sentence."""

    def __init__(self, pictures, length, words):
        super().__init__()
        self.odds = nn.Parameter(torch.zeros(pictures, length, words))

    def see(self, pictures):
        return (torch.arange(len(pictures)),)

    def initial_state(self, memory):
        return torch.zeros(len(memory[0]), dtype=torch.int64)

    def step(self, words, state, memory):
        return self.odds[memory[0], state], state + 1, None

    def walk(self, memory, words):
        return self.odds.unsqueeze(1).expand(*words.shape, -1), None

    def say(self, outputs):
        return outputs


class Reads(NamedTuple):
    consensus: Consensus
    number: int

    def cider_d(self, words):
        return self.consensus.cider_d(self.number, as_text(words))


def test_learning_from_cider_d_raises_it():
    torch.manual_seed(0)
    consensus = Consensus([[f"4 5 6 7 {END}"], [f"7 6 8 4 {END}"]], split=str.split)
    judges = [Reads(consensus, number) for number in range(2)]
    shown = batch()._replace(judges=judges)
    network, task = Table(2, 5, 9), Describe(self_critical=True, samples=10, longest=4)
    optimiser = torch.optim.Adam(network.parameters(), 0.1)

    def drawn():
        speaker = captioner_speaker(network, network.see(shown.pictures), 4)
        with torch.no_grad():
            every = sample(speaker, Sampling(samples=50, seed=1))
        rewards = [
            judge.cider_d([*said.tokens, END] if said.finished else said.tokens)
            for some, judge in zip(every, judges, strict=True)
            for said in some
        ]
        return sum(rewards) / len(rewards)

    before = drawn()
    for _ in range(80):
        network.train()
        loss, answers = task.loss(network, shown)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert drawn() > 3 * before > 0, (before, drawn())
    network.eval()
    loss, answers = task.loss(network, shown)  # of the greedy sentences, where nothing is learned
    usual = [judges[0].cider_d(answers[0]), judges[1].cider_d(answers[2])]
    assert float(loss) == pytest.approx(-sum(usual) / 2, abs=1e-5) and float(loss) < -3


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"label_smoothing": 1.0}, "label_smoothing=1.0: 0 to below 1. Try 0.1."),
        ({"even_attention": -1}, "even_attention=-1: 0 or more. Try 1."),
        ({"samples": 0}, "samples=0: 1 or more. Try 20."),
    ],
)
def test_weights_that_cannot_be_are_refused(wrong, words):
    with pytest.raises(ValueError) as error:
        Describe(**wrong)
    assert words in str(error.value)
