"""The layers of networks that read a whole text: name, what leaves it for one token, weights."""

from torch import nn

from kineograph.nets.layer_table import Layer
from kineograph.nets.models.text_labeller import TextLabeller
from kineograph.nets.models.transliterator import Transliterator


def whole_text_table(network: TextLabeller | Transliterator) -> list[Layer]:
    """The rows for one token, input first, total last."""
    if isinstance(network, TextLabeller):
        rows = [
            _row("embedding", network.words, network.words.embedding_dim),
            _row("recurrent", network.recurrent, network.recurrent.outputs),
            _row(f"dense, {network.pool} state", network.head, network.head.dense.out_features),
        ]
    else:
        speaker = network.speaker
        reader = speaker.sight
        rows = [
            _row("embedding, read", reader.characters, reader.characters.embedding_dim),
            _row("recurrent, both directions", reader.recurrent, reader.features),
            _row("first state", speaker.start, speaker.start.out_features),
            _row("attention", nn.ModuleList([speaker.key, speaker.query, speaker.fit]), 1),
            _row("embedding, written", speaker.words, speaker.words.embedding_dim),
            _row("LSTM", speaker.cell, speaker.cell.units),
            _row(
                "from state and places",
                nn.ModuleList([speaker.from_state, speaker.from_places]),
                speaker.from_state.out_features,
            ),
            _row("dense", speaker.answer, speaker.answer.out_features),
        ]
    return [*rows, Layer("total", (), sum(row.weights for row in rows))]


def _row(name: str, part: nn.Module, width: int) -> Layer:
    return Layer(name, (width,), sum(p.numel() for p in part.parameters()))
