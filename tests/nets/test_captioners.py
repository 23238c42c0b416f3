"""Captioners: whole sentences = word by word; the papers' equations written out as loops."""

import math

import pytest
import torch
from torch.nn import functional as F

from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.models.attending_captioner import AttendingCaptionerConfig
from kineograph.nets.models.captioner import CaptionerConfig, rows_of

GRID = GridEncoderConfig(stem_filters=4, filters=(6, 8), blocks=(1, 1), strides=(2, 2))
SIZE, WORDS = 32, 11
SMALL = {"grid": GRID, "units": 7, "embedding": 5, "dropout": 0.0, "word_guess": True}
CONFIGS = {
    "neuraltalk": CaptionerConfig(cell="rnn", activation="relu", picture="beside", **SMALL),
    "show-and-tell": CaptionerConfig(**SMALL),
    "show-attend-tell": AttendingCaptionerConfig(attention=6, **SMALL),
    "without a gate": AttendingCaptionerConfig(attention=6, gate=False, **SMALL),
}


def made(name):
    torch.manual_seed(3)
    network = CONFIGS[name].build(WORDS, SIZE).eval()
    with torch.no_grad():
        for parameter in network.parameters():  # biases too, or a forgotten one would not show
            parameter.add_(0.3 * torch.randn_like(parameter))
    return network


def drawn(pictures=3, sentences=2, length=5):
    chance = torch.Generator().manual_seed(4)
    seen = torch.randint(0, 256, (pictures, 3, SIZE, SIZE), dtype=torch.uint8, generator=chance)
    return seen, torch.randint(1, WORDS, (pictures, sentences, length), generator=chance)


@pytest.fixture(params=CONFIGS)
def network(request):
    return made(request.param)


@torch.no_grad()
def test_whole_sentences_are_what_stepping_says_word_by_word(network):
    pictures, words = drawn()
    memory = network.see(pictures)
    outputs, attention = network.walk(memory, words)
    whole = network.say(outputs)
    for sentence in range(words.shape[1]):
        state = network.initial_state(memory)
        for place in range(words.shape[2]):
            logits, state, looked = network.step(words[:, sentence, place], state, memory)
            torch.testing.assert_close(logits, whole[:, sentence, place], atol=1e-5, rtol=1e-4)
            if looked is not None:
                torch.testing.assert_close(looked, attention[:, sentence, place])
    torch.testing.assert_close(whole, network(pictures, words))


@torch.no_grad()
def test_later_words_sentences_and_padding_change_nothing_of_what_was_said_before(network):
    pictures, words = drawn()
    whole = network(pictures, words)
    other = words.clone()
    other[:, :, 3:] = 0
    torch.testing.assert_close(network(pictures, other)[:, :, :3], whole[:, :, :3])
    more = torch.cat([words, torch.zeros_like(words)], 1)
    torch.testing.assert_close(network(pictures, more)[:, :2], whole)
    torch.testing.assert_close(network(pictures[1:], words[1:]), whole[1:])


def test_a_sentence_hangs_on_its_picture(network):
    pictures, words = drawn()
    apart = (network(pictures, words) - network(pictures.flip(0), words)).abs()
    assert (apart.amax((1, 2, 3))[[0, 2]] > 1e-3).all()  # the middle one stays where it is


@pytest.mark.parametrize("name", ["show-attend-tell", "without a gate"])
@torch.no_grad()
def test_attending_captioner_is_the_papers_equations(name):
    network = made(name)
    pictures, words = drawn(pictures=2)
    maps = network.sight(pictures)
    whole, attention = network.walk(network.see(pictures), words)
    whole = network.say(whole)
    for picture in range(2):
        places = [maps[picture, :, row, column] for row in range(4) for column in range(4)]
        for sentence in range(2):
            mean = sum(places) / len(places)
            start = torch.tanh(network.start.weight @ mean + network.start.bias)
            h, c = start[:7], start[7:]
            for step, word in enumerate(words[picture, sentence].tolist()):
                fit = [
                    network.fit.weight[0]
                    @ torch.tanh(
                        network.key.weight @ a + network.key.bias + network.query.weight @ h
                    )
                    for a in places
                ]
                total = sum(math.exp(each) for each in fit)
                shares = [math.exp(each) / total for each in fit]
                z = sum(share * a for share, a in zip(shares, places, strict=True))
                if network.gate is not None:
                    z = z * torch.sigmoid(network.gate.weight[0] @ h + network.gate.bias)
                y = network.words.weight[word]
                gates = network.cell.from_input.weight @ torch.cat([y, z])
                gates = gates + network.cell.from_input.bias + network.cell.from_state.weight @ h
                write, keep, new, read = gates[:7], gates[7:14], gates[14:21], gates[21:]
                c = torch.sigmoid(keep) * c + torch.sigmoid(write) * torch.tanh(new)
                h = torch.sigmoid(read) * torch.tanh(c)
                deep = y + network.from_state(h) + network.from_places(z)
                said = network.answer(deep)
                torch.testing.assert_close(said, whole[picture, sentence, step], atol=1e-4, rtol=0)
                torch.testing.assert_close(
                    torch.tensor(shares), attention[picture, sentence, step], atol=1e-5, rtol=0
                )


@torch.no_grad()
def test_neuraltalk_sees_the_picture_at_its_first_word_only():
    network = made("neuraltalk")
    pictures, words = drawn(pictures=1, sentences=1)
    features = network.sight(pictures).flatten(2).mean(2)[0]
    cell = network.recurrent.layers[0][0]
    of_word, of_picture = cell.from_input.weight.split([5, 8], 1)
    h = torch.zeros(7)
    said = network(pictures, words)[0, 0]
    for step, word in enumerate(words[0, 0].tolist()):
        inner = of_word @ network.words.weight[word] + cell.from_input.bias
        inner = inner + cell.from_state.weight @ h
        if step == 0:
            inner = inner + of_picture @ features
        h = F.relu(inner)
        torch.testing.assert_close(network.answer(h), said[step], atol=1e-4, rtol=0)


@torch.no_grad()
def test_show_and_tell_takes_the_picture_for_the_word_before_the_first():
    network = made("show-and-tell")
    pictures, words = drawn(pictures=1, sentences=1)
    cell = network.recurrent.layers[0][0]
    first = network.picture(network.sight(pictures).flatten(2).mean(2))
    xs = [first, *network.words(words[0, 0]).unsqueeze(1)]
    state = cell.initial_state(first)
    outputs = []
    for x in xs:
        output, state = cell(x, state)
        outputs.append(output)
    said = torch.stack([network.answer(each[0]) for each in outputs[1:]])
    torch.testing.assert_close(network(pictures, words)[0, 0], said, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_attention_is_shares_of_one():
    network = made("show-attend-tell")
    _, attention = network.walk(network.see(drawn()[0]), drawn()[1])
    assert attention.min() >= 0
    assert attention.shape == (3, 2, 5, 16)
    torch.testing.assert_close(attention.sum(-1), torch.ones(3, 2, 5))


def test_all_weights_learn(network):
    pictures, words = drawn()
    memory = network.see(pictures)
    outputs, _ = network.walk(memory, words)
    (network.say(outputs).sum() + network.guess_words(memory).sum()).backward()
    still = [name for name, each in network.named_parameters() if each.grad is None]
    assert not still


def test_rows_of_a_state_are_taken_everywhere():
    state = (torch.arange(3), (torch.arange(6).view(3, 2),))
    taken = rows_of(state, torch.tensor([2, 2, 0]))
    assert taken[0].tolist() == [2, 2, 0] and taken[1][0].tolist() == [[4, 5], [4, 5], [0, 1]]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"encoder": "resnet"}, "encoder='resnet': must be grid, or timm: and a name. Write enc"),
        ({"picture": "after"}, "picture='after': must be one of before, beside."),
        ({"units": 0}, "units=0: must be a whole number of 1 or more"),
        ({"dropout": 1.0}, "dropout=1.0: must be a share of at least 0 and below 1"),
    ],
)
def test_numbers_that_make_no_captioner_are_refused(wrong, words):
    with pytest.raises(ValueError) as error:
        CaptionerConfig(**wrong)
    assert words in str(error.value)


def test_words_are_guessed_only_where_that_was_learned():
    network = CaptionerConfig(grid=GRID, units=4, embedding=4).build(WORDS, SIZE)
    with pytest.raises(ValueError) as error:
        network.guess_words(network.see(drawn()[0]))
    assert "word_guess=False: this network guesses no words. Train one with" in str(error.value)


@torch.no_grad()
def test_what_stays_of_pictures_can_be_taken_by_rows(network):
    """As retrieval takes it: some pictures with the same sentences say what each alone says."""
    pictures, words = drawn()
    memory = network.see(pictures)
    taken = type(memory)(*rows_of(tuple(memory), torch.tensor([2, 0])))
    outputs, _ = network.walk(taken, words[:1].expand(2, -1, -1))
    alone, _ = network.walk(network.see(pictures[2:]), words[:1])
    torch.testing.assert_close(outputs[:1], alone, atol=1e-5, rtol=1e-4)
