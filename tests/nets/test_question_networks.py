"""Networks that answer: the paper's equations by loops, padding, pictures encoded once, shares."""

import numpy as np
import pytest
import torch
from torch import nn

from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.models.coattention_vqa import (
    AlternatingCoAttention,
    CoAttentionConfig,
    ParallelCoAttention,
    QuestionLevels,
)
from kineograph.nets.models.show_ask_attend import ShowAskAttendConfig
from kineograph.nets.part_table import part_table
from kineograph.nets.places import places_of

ENCODER = GridEncoderConfig(stem_filters=4, filters=(5, 6), blocks=(1, 1), strides=(2, 1))
SMALL = {"units": 7, "attention_units": 5, "answer_units": 6}
CONFIGS = {
    "parallel": CoAttentionConfig(ENCODER, "parallel", **SMALL),
    "alternating": CoAttentionConfig(ENCODER, "alternating", coordinates=True, **SMALL),
    "keras": CoAttentionConfig(ENCODER, start="keras", **SMALL),
    "glimpses": ShowAskAttendConfig(ENCODER, embedding=6, glimpses=3, coordinates=True, **SMALL),
}
WORDS, ANSWERS, SIZE = 11, 4, 16


@pytest.fixture(params=CONFIGS)
def network(request):
    torch.manual_seed(3)
    found = CONFIGS[request.param].build(WORDS, ANSWERS, SIZE)
    for name, weight in found.named_parameters():  # biases too, so that padding could be seen
        if weight.dim() == 1 and "norm" not in name:
            nn.init.normal_(weight, std=0.5)
    return found.eval()


def questions():
    torch.manual_seed(0)
    pictures = torch.randint(0, 255, (2, 3, SIZE, SIZE), dtype=torch.uint8)
    words = torch.tensor([[4, 5, 6, 7, 8], [9, 10, 0, 0, 0], [5, 0, 0, 0, 0]])
    return pictures, torch.tensor([0, 1, 0]), words, torch.tensor([5, 2, 1])


def test_padding_changes_nothing(network):
    pictures, rows, words, lengths = questions()
    together = network(pictures, rows, words, lengths)
    longer = network(pictures, rows, torch.cat([words, torch.zeros(3, 4).long()], 1), lengths)
    torch.testing.assert_close(longer.logits, together.logits)
    for row, length in enumerate(lengths.tolist()):
        alone = network(pictures, rows[row, None], words[row, None, :length], lengths[row, None])
        torch.testing.assert_close(alone.logits[0], together.logits[row])
        torch.testing.assert_close(alone.over_places[0], together.over_places[row])
        over_words = together.over_words[row]
        torch.testing.assert_close(alone.over_words[0], over_words[..., :length])
        assert (over_words[..., length:] == 0).all()


def test_a_picture_may_stand_once_or_with_every_question(network):
    pictures, rows, words, lengths = questions()
    once = network(pictures, rows, words, lengths)
    each = network(pictures[rows], torch.arange(3), words, lengths)
    torch.testing.assert_close(each.logits, once.logits)


def test_shares_sum_to_one(network):
    found = network(*questions())
    height, width = network.encoder.grid
    assert found.over_places.shape[2:] == (height, width)
    for shares in (found.over_places.flatten(2).sum(2), found.over_words.sum(2)):
        torch.testing.assert_close(shares, torch.ones_like(shares))


def test_it_reads_the_question_and_looks_at_the_picture(network):
    pictures, rows, words, lengths = questions()
    before = network(pictures, rows, words, lengths).logits
    assert not torch.allclose(network(255 - pictures, rows, words, lengths).logits, before)
    words[1, 0] = 8
    after = network(pictures, rows, words, lengths).logits
    assert not torch.allclose(after[1], before[1])
    torch.testing.assert_close(after[[0, 2]], before[[0, 2]])


def test_every_weight_learns(network):
    network.train()
    network(*questions()).logits.square().sum().backward()
    still = [name for name, weight in network.named_parameters() if weight.grad is None]
    assert not still


def numbers(tensor):
    return tensor.detach().double().numpy()


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def some(count=3, width=4, places=5):
    torch.manual_seed(1)
    words, grid = torch.randn(1, count, width), torch.randn(1, places, width)
    return words, grid, torch.tensor([0]), torch.ones(1, count, dtype=torch.bool)


def test_parallel_co_attention_is_the_papers_equations_3_to_5():
    net = ParallelCoAttention(4, 6)
    words, grid, rows, inside = some()
    picture, question, over_places, over_words = net(words, grid, rows, inside)
    q, v = numbers(words[0]).T, numbers(grid[0]).T  # (d, T), (d, N), as the paper has them
    # C = tanh(Q' W_b V); a Linear from places holds W_b
    c = np.tanh(q.T @ numbers(net.affinity.weight) @ v)
    w_v, w_q = numbers(net.from_places.weight), numbers(net.from_words.weight)
    h_v = np.tanh(w_v @ v + (w_q @ q) @ c)
    h_q = np.tanh(w_q @ q + (w_v @ v) @ c.T)
    a_v = softmax((numbers(net.place_score.weight) @ h_v)[0])
    a_q = softmax((numbers(net.word_score.weight) @ h_q)[0])
    np.testing.assert_allclose(numbers(over_places[0]), a_v, rtol=1e-5)
    np.testing.assert_allclose(numbers(over_words[0]), a_q, rtol=1e-5)
    np.testing.assert_allclose(
        numbers(picture[0]), sum(a * x for a, x in zip(a_v, v.T, strict=True)), 1e-4
    )
    np.testing.assert_allclose(
        numbers(question[0]), sum(a * x for a, x in zip(a_q, q.T, strict=True)), 1e-4
    )


def test_alternating_co_attention_is_the_papers_equations_6_to_7():
    net = AlternatingCoAttention(4, 6)
    words, grid, rows, inside = some()
    picture, question, over_places, over_words = net(words, grid, rows, inside)

    def attend(part, xs, guide):
        look, bias = numbers(part.look.weight), numbers(part.look.bias)
        led = 0 if guide is None else numbers(part.lead.weight) @ guide
        h = [np.tanh(look @ x + bias + led) for x in xs]
        a = softmax(np.array([(numbers(part.score.weight) @ each)[0] for each in h]))
        return sum(share * x for share, x in zip(a, xs, strict=True)), a

    q, v = numbers(words[0]), numbers(grid[0])
    s, _ = attend(net.question_first, q, None)
    seen, a_v = attend(net.picture, v, s)
    read, a_q = attend(net.question, q, seen)
    for ours, theirs in ((over_places, a_v), (over_words, a_q), (picture, seen), (question, read)):
        np.testing.assert_allclose(numbers(ours[0]), theirs, rtol=1e-4, atol=1e-6)


def test_phrases_are_the_strongest_of_one_two_and_three_words():
    net = QuestionLevels(WORDS, 4, 0.0).eval()
    words, lengths = torch.tensor([[4, 7, 5, 9]]), torch.tensor([4])
    word, phrase, question = net(words, lengths)
    q = [np.tanh(numbers(net.embedding.weight[index])) for index in words[0]]
    np.testing.assert_allclose(numbers(word[0]), q, rtol=1e-5)
    zero = np.zeros(4)
    for t in range(4):
        of_sizes = []
        for size, layer in enumerate(net.phrases, start=1):
            window = [q[t + k] if t + k < 4 else zero for k in range(size)]
            total = numbers(layer.bias) + sum(
                numbers(layer.weight[:, :, k]) @ x for k, x in enumerate(window)
            )
            of_sizes.append(np.tanh(total))
        np.testing.assert_allclose(numbers(phrase[0, t]), np.max(of_sizes, axis=0), rtol=1e-4)
    outputs, _ = net.recurrent(phrase)
    torch.testing.assert_close(outputs, question)


def test_the_answer_goes_from_the_words_up():
    torch.manual_seed(0)
    net = CONFIGS["parallel"].build(WORDS, ANSWERS, SIZE).eval()
    pictures, rows, words, lengths = questions()
    places = net.encode(pictures)
    inside = torch.arange(5) < lengths.unsqueeze(1)
    levels = zip(net.attentions, net.question(words, lengths), strict=True)
    word, phrase, whole = (sum(a(x, places, rows, inside)[:2]) for a, x in levels)
    h = np.tanh(numbers(word) @ numbers(net.answer_word.weight).T + numbers(net.answer_word.bias))
    for layer, level in ((net.answer_phrase, phrase), (net.answer_question, whole)):
        beside = np.concatenate([numbers(level), h], 1)
        h = np.tanh(beside @ numbers(layer.weight).T + numbers(layer.bias))
    logits = h @ numbers(net.head.weight).T + numbers(net.head.bias)
    np.testing.assert_allclose(
        numbers(net(pictures, rows, words, lengths).logits), logits, rtol=1e-3, atol=1e-5
    )


def test_glimpses_are_shares_of_one_convolution_over_picture_and_question():
    torch.manual_seed(0)
    net = ShowAskAttendConfig(ENCODER, embedding=6, **SMALL).build(WORDS, ANSWERS, SIZE).eval()
    pictures, rows, words, lengths = questions()
    found = net(pictures, rows, words, lengths)
    for row in range(3):
        grid = net.encoder(pictures[rows[row], None])[0].flatten(1).T  # (N, D)
        v = numbers(grid / grid.norm(dim=1, keepdim=True).clamp(min=1e-12))
        embedded = torch.tanh(net.embedding(words[row, None, : lengths[row]]))
        s = numbers(net.recurrent(embedded)[0][0, -1])
        together = np.concatenate(
            [numbers(net.from_places.weight), numbers(net.from_question.weight)], 1
        )  # the weights of a 1x1 convolution over both
        scores = []
        for place in v:
            hidden = together @ np.concatenate([place, s]) + numbers(net.from_places.bias)
            scores.append(
                numbers(net.score.weight) @ np.maximum(hidden, 0) + numbers(net.score.bias)
            )
        shares = [softmax(np.array(scores)[:, glimpse]) for glimpse in range(2)]
        np.testing.assert_allclose(
            numbers(found.over_places[row].flatten(1)), shares, rtol=1e-3, atol=1e-6
        )
        x = np.concatenate([*(share @ v for share in shares), s])
        hidden = np.maximum(numbers(net.hidden.weight) @ x + numbers(net.hidden.bias), 0)
        logits = numbers(net.head.weight) @ hidden + numbers(net.head.bias)
        np.testing.assert_allclose(numbers(found.logits[row]), logits, rtol=1e-3, atol=1e-5)


def test_places_go_row_by_row_and_know_where_they_lie():
    grid = torch.arange(6.0).view(1, 1, 2, 3)
    found = places_of(grid, coordinates=True)[0]
    assert found.tolist() == [
        [0, -1, -1], [1, 0, -1], [2, 1, -1], [3, -1, 1], [4, 0, 1], [5, 1, 1],
    ]  # fmt: skip
    assert places_of(grid).shape == (1, 6, 1)


def test_a_wrong_field_is_told():
    with pytest.raises(ValueError, match=r"attention='both': must be one of alternating, parallel"):
        CoAttentionConfig(attention="both")
    with pytest.raises(ValueError, match=r"glimpses=0: must be a whole number of 1 or more"):
        ShowAskAttendConfig(glimpses=0)


def test_the_table_counts_every_weight_once(network):
    rows = part_table(network, SIZE)
    assert rows[-1].weights == sum(weight.numel() for weight in network.parameters())
    assert rows[1].shape == (*network.encoder.grid, 6) and rows[-2].shape == (ANSWERS,)
    assert all(row.shape[-1] for row in rows[:-1])
