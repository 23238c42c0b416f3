"""A network that answers, part by part: name, what leaves it for one question, weights."""

from torch import nn

from kineograph.nets.layer_table import Layer
from kineograph.nets.models.coattention_vqa import CoAttentionVqa
from kineograph.nets.models.show_ask_attend import ShowAskAttend

NAMES = {
    "encoder": "encoder, a grid of features",
    "from_grid": "places, in the words' space",
    "question": "words, phrases, question",
    "attentions": "co-attention at three levels",
    "answer_word": "answer, from the words",
    "answer_phrase": "answer, from the phrases",
    "answer_question": "answer, from the question",
    "embedding": "a word as numbers",
    "recurrent": "LSTM over the question",
    "from_places": "places, as they are compared",
    "from_question": "the question, as it is compared",
    "score": "shares of each glimpse",
    "hidden": "glimpses beside the question",
    "head": "the answers",
}


def answerer_table(network: CoAttentionVqa | ShowAskAttend, size_pixels: int) -> list[Layer]:
    """The rows for one picture and one question, input first, total last. Maps are (H, W, C)."""
    grid = network.encoder.grid
    rows = [Layer("picture", (size_pixels, size_pixels, 3), 0)]
    for name, part in network.named_children():
        weights = sum(parameter.numel() for parameter in part.parameters())
        if weights:
            shape = (*grid, network.encoder.features) if name == "encoder" else (_outputs(part),)
            rows.append(Layer(NAMES[name], shape, weights))
    return [*rows, Layer("total", (), sum(row.weights for row in rows))]


def _outputs(part: nn.Module) -> int:
    """How many numbers leave a part for each word, place or question."""
    match part:
        case nn.Linear():
            return part.out_features
        case nn.Embedding():
            return part.embedding_dim
        case nn.ModuleList():
            return _outputs(part[0])
        case _:
            return int(getattr(part, "outputs", 0) or getattr(part, "units", 0))
