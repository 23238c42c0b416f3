"""A network that is shown single pictures, part by part: name, what leaves it, weights."""

from torch import nn

from kineograph.nets.encoders.over_time import SightOverTime
from kineograph.nets.layer_table import Layer
from kineograph.nets.localise import Localiser
from kineograph.nets.models.attending_captioner import AttendingCaptioner
from kineograph.nets.models.captioner import Captioner
from kineograph.nets.models.coattention_vqa import CoAttentionVqa
from kineograph.nets.models.dense_caption import DenseCaptioner
from kineograph.nets.models.show_ask_attend import ShowAskAttend

GRID = "encoder, a grid of features"
OVER_TIME = "encoder of each frame, and a recurrence over them"
WORD = "a word as numbers"
NEXT = "the next word"
GUESS = "words guessed right off the picture"

NAMES: dict[type[nn.Module], dict[str, str]] = {
    Captioner: {
        "sight": GRID,
        "words": WORD,
        "picture": "the picture as a word",
        "recurrent": "recurrence",
        "answer": NEXT,
        "guess": GUESS,
    },
    AttendingCaptioner: {
        "sight": GRID,
        "words": WORD,
        "start": "the first state, from the mean of all places",
        "key": "places, as they are compared",
        "query": "the state, as it is compared",
        "fit": "how well a place fits",
        "gate": "gate β",
        "cell": "LSTM",
        "from_state": "deep output, from the state",
        "from_places": "deep output, from where it looked",
        "answer": NEXT,
        "guess": GUESS,
    },
    CoAttentionVqa: {
        "encoder": GRID,
        "from_grid": "places, in the words' space",
        "question": "words, phrases, question",
        "attentions": "co-attention at three levels",
        "answer_word": "answer, from the words",
        "answer_phrase": "answer, from the phrases",
        "answer_question": "answer, from the question",
        "head": "the answers",
    },
    ShowAskAttend: {
        "encoder": GRID,
        "embedding": WORD,
        "recurrent": "LSTM over the question",
        "from_places": "places, as they are compared",
        "from_question": "the question, as it is compared",
        "score": "shares of each glimpse",
        "hidden": "glimpses beside the question",
        "head": "the answers",
    },
    DenseCaptioner: {
        "encoder": GRID,
        "localise": "moves and confidences of anchors",
        "recognise": "a region's code",
        "sure": "confidence again",
        "refine": "box again",
        "code_word": "the code as a word",
        "words": WORD,
        "cell": "LSTM",
        "next_word": NEXT,
    },
}


def part_table(network: nn.Module, size_pixels: int) -> list[Layer]:
    """The rows for one picture or clip, and one word, region or question; input first, total last.

    Maps are (H, W, C). network: one of NAMES.
    """
    names = NAMES[type(network)]
    seen = (size_pixels, size_pixels, 3)
    sight = getattr(network, "sight", None)
    rows = [Layer("picture", seen, 0)]
    if isinstance(sight, SightOverTime):
        rows = [Layer("clip", (sight.grid[1], *seen), 0)]
    grid: tuple[int, ...] = ()
    for name, part in network.named_children():
        weights = sum(parameter.numel() for parameter in part.parameters())
        if not weights:
            continue
        if names[name] == GRID:
            grid = getattr(part, "grid", ())
        said = OVER_TIME if isinstance(part, SightOverTime) else names[name]
        rows.append(Layer(said, _shape(part, grid), weights))
    return [*rows, Layer("total", (), sum(row.weights for row in rows))]


def _shape(part: nn.Module, grid: tuple[int, ...]) -> tuple[int, ...]:
    """What leaves a part: of each place of the grid, or of each word, region or question."""
    match part:
        case nn.Linear():
            return (part.out_features,)
        case nn.Embedding():
            return (part.embedding_dim,)
        case nn.ModuleList():
            return _shape(part[0], grid)
        case nn.Sequential():
            return _shape([each for each in part if isinstance(each, nn.Linear)][-1], grid)
        case Localiser():
            return (*grid, part.answer.out_channels)
        case _ if hasattr(part, "grid"):
            return (*grid, int(part.features))  # type: ignore[arg-type]
        case _:
            return (int(getattr(part, "outputs", 0) or getattr(part, "units", 0)),)
