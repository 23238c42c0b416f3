"""A writing network's layers as papers draw them: name, what leaves it for one line, weights."""

from kineograph.nets.layer_table import Layer
from kineograph.nets.models.handwriting import POINT, Handwriting

NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "mingru": "minGRU"}


def hand_table(network: Handwriting, points: int, letters: int) -> list[Layer]:
    """The rows for a line of so many points and letters, input first, total last."""
    rows = [Layer("points", (points, POINT), 0)]
    if network.reads_text:
        rows.append(Layer("text", (letters, network.characters), 0))
    for number, cell in enumerate(network.layers, start=1):
        name = f"{NAMES[network.cell]} {number}"
        rows.append(Layer(name, (points, network.units), sum(p.numel() for p in cell.parameters())))
        if number == 1 and network.window is not None:
            weights = sum(p.numel() for p in network.window.parameters())
            name = f"window of {network.window.parts} Gaussians"
            rows.append(Layer(name, (points, network.characters), weights))
    weights = sum(p.numel() for p in network.output.parameters())
    name = f"mixture of {network.mixtures} Gaussians, pen"
    rows.append(Layer(name, (points, network.output.out_features), weights))
    return [*rows, Layer("total", (), sum(row.weights for row in rows))]
