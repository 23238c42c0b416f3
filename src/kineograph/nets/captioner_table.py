"""A captioner's parts as papers draw them: name, what leaves it for one picture, weights."""

from torch import nn

from kineograph.nets.layer_table import Layer
from kineograph.nets.models.attending_captioner import AttendingCaptioner
from kineograph.nets.models.captioner import Captioner

NAMES = {
    "sight": "encoder, a grid of features",
    "words": "a word as numbers",
    "picture": "the picture as a word",
    "start": "the first state, from the mean of all places",
    "key": "places, as they are compared",
    "query": "the state, as it is compared",
    "fit": "how well a place fits",
    "gate": "gate β",
    "recurrent": "recurrence",
    "cell": "LSTM",
    "from_state": "deep output, from the state",
    "from_places": "deep output, from where it looked",
    "answer": "the next word",
    "guess": "words guessed right off the picture",
}


def captioner_table(network: Captioner | AttendingCaptioner, size_pixels: int) -> list[Layer]:
    """The rows for one picture and one word, input first, total last. Maps are (H, W, C)."""
    height, width = network.sight.grid
    rows = [Layer("picture", (size_pixels, size_pixels, 3), 0)]
    for name, part in network.named_children():
        weights = sum(parameter.numel() for parameter in part.parameters())
        if not weights:
            continue
        shape: tuple[int, ...] = (height, width, network.sight.features)
        if name != "sight":
            shape = (_outputs(part),)
        rows.append(Layer(NAMES[name], shape, weights))
    return [*rows, Layer("total", (), sum(row.weights for row in rows))]


def _outputs(part: nn.Module) -> int:
    """How many numbers leave a part."""
    match part:
        case nn.Linear():
            return part.out_features
        case nn.Embedding():
            return part.embedding_dim
        case _:
            return int(getattr(part, "outputs", 0) or getattr(part, "units", 0))
