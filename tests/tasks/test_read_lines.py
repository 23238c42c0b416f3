import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from kineograph.data.lines.batch import LineBatch
from kineograph.decoding.ctc import best_path
from kineograph.tasks import ReadLines
from kineograph.tasks.read_lines import best_texts, ctc_loss, log_probabilities


def batch_of(texts, columns):
    targets = torch.zeros(len(texts), max(map(len, texts)), dtype=torch.long)
    for row, text in zip(targets, texts, strict=True):
        row[: len(text)] = torch.tensor(text)
    return LineBatch(
        torch.zeros(len(texts), 1, 8, columns, dtype=torch.uint8),
        torch.full((len(texts),), columns),
        targets,
        torch.tensor([len(text) for text in texts]),
        [f"line {number}" for number in range(len(texts))],
    )


class Given(nn.Module):
    """Answers what it was given, beside a second answer."""

    def __init__(self, logits, second=None):
        super().__init__()
        self.logits = nn.Parameter(logits)
        self.auxiliary = second

    def encode(self, lines, widths):
        return lines, widths

    def read(self, columns, lengths):
        return self.logits

    def read_auxiliary(self, columns):
        return self.auxiliary

    def forward(self, lines, widths):
        return self.logits, widths


def collapsed(path):
    kept = [here for here, before in zip(path, [None, *path], strict=False) if here != before]
    return [index for index in kept if index]


@pytest.mark.parametrize("text", [[1], [1, 2], [1, 1], [2, 1, 2]])
def test_the_loss_is_all_paths_of_the_text_added_up(text):
    """Every one of 3^5 paths is tried; nats a character."""
    torch.manual_seed(len(text))
    logits = torch.randn(1, 5, 3)
    chances = logits.softmax(-1)[0].tolist()
    whole = sum(
        math.prod(chances[column][index] for column, index in enumerate(path))
        for path in itertools.product(range(3), repeat=5)
        if collapsed(path) == text
    )
    found = ctc_loss(logits, torch.tensor([5]), batch_of([text], 5))
    assert float(found) == pytest.approx(-math.log(whole) / len(text), rel=1e-5)


def test_a_line_with_fewer_columns_than_text_counts_as_nothing_and_teaches_nothing():
    logits = torch.randn(2, 3, 4, requires_grad=True)
    batch = batch_of([[1, 1, 1], [1, 2]], 3)  # three alike need five columns
    ctc_loss(logits, batch.widths, batch).backward()
    assert not logits.grad[0].any()
    assert logits.grad[1].any()


def test_the_second_answer_is_learned_from_in_training_alone():
    torch.manual_seed(0)
    logits, second = torch.randn(2, 6, 4), torch.randn(2, 6, 4)
    batch = batch_of([[1, 2], [3]], 6)
    network, task = Given(logits, second), ReadLines(auxiliary_weight=0.1)
    first, beside = (ctc_loss(each, batch.widths, batch) for each in (logits, second))
    torch.testing.assert_close(task.loss(network.train(), batch)[0], first + 0.1 * beside)
    torch.testing.assert_close(task.loss(network.eval(), batch)[0], first)


def test_texts_are_those_of_the_best_path_whatever_follows_the_lines_end():
    torch.manual_seed(0)
    logits, lengths = torch.randn(40, 9, 4) * 2, torch.randint(1, 10, (40,))
    lines = [
        row[:length].log_softmax(-1).numpy()
        for row, length in zip(logits, lengths.tolist(), strict=True)
    ]
    expected = [list(reading.text_indices) for reading in best_path(lines)]
    assert best_texts(logits, lengths) == expected
    found = log_probabilities(Given(logits), batch_of([[1]] * 40, 9)._replace(widths=lengths))
    for ours, theirs in zip(found, lines, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_scores_are_of_all_lines_together():
    """Worked by hand: 1 edit in 4 characters of 2 lines, one of them exact."""
    found = ReadLines().score([[1, 2, 3], [2]], [[1, 2, 2], [2]])
    assert found == {"character_accuracy": pytest.approx(0.75), "exact_lines": 0.5}
    assert ReadLines().score([[1] * 9], [[2]])["character_accuracy"] == 0


def test_a_weight_below_zero_is_refused():
    with pytest.raises(ValueError, match=r"auxiliary_weight=-1: 0 or more\. Try 0\.1\."):
        ReadLines(auxiliary_weight=-1)
