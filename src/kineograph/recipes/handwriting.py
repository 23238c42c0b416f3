"""Handwriting by pen strokes: Graves' prediction and synthesis, and a small network of our own.

Figures of the paper are nats a line, negative log likelihood, of IAM-OnDB's smaller validation
set; its points are offsets of mean 0 and deviation 1, as ours are but for the mean.
"""

from kineograph.data.ink.config import InkConfig
from kineograph.nets.models.handwriting import (
    HandwritingPredictConfig,
    HandwritingSynthesisConfig,
)
from kineograph.recipes.recipe import Published, Recipe
from kineograph.tasks.write_ink import WriteInk
from kineograph.training.optimise import TrainingConfig

GRAVES = "Graves 2013 (arXiv:1308.0850)"
PROTOCOL = (
    "IAM-OnDB, nats a line of the smaller validation set, which also chose the weights; learned "
    "from all the other lines"
)
AS_PUBLISHED = TrainingConfig(
    epochs=100,
    batch=32,
    patience=10,
    optimiser="rmsprop",
    learning_rate=1e-4,
    momentum=0.9,
    epsilon=1e-4,
    clip_norm=10.0,
)
SHARED_NOTES = (
    "RMSprop is the paper's (centred, 0.95, momentum 0.9, rate 1e-4), but that its 1e-4 stands "
    "outside of the root, as torch has it.",
    "The paper clips each gradient of the outputs at 100, as here (model.clip_outputs), and each "
    "of the LSTM inputs at 10: the kernels hide those, and all gradients' norm is held to 10.",
    "Batches are our choice; the cells have no peepholes; there is no adaptive weight noise, which "
    "the paper adds in a second training.",
)


def _published(nats: float, what: str) -> Published:
    return Published(
        "log_loss_per_line", nats, f"{GRAVES}, {what}", PROTOCOL, data="IAM-OnDB", split="given"
    )


HANDWRITING_PREDICT = Recipe(
    name="handwriting-predict",
    about="Goes on with a pen's strokes, without a text: one layer of 900 LSTM.",
    paper=f"{GRAVES}, section 4",
    data=InkConfig(),
    model=HandwritingPredictConfig(units=900, layers=1),
    task=WriteInk(),
    training=AS_PUBLISHED,
    published=(_published(-1025.7, "section 4.2, handwriting prediction, 1 layer"),),
    notes=SHARED_NOTES,
    laptop={
        "model.units": 192,
        "data.points_per_character": 12,
        "training.epochs": 10,
        "training.optimiser": "adam",
        "training.learning_rate": 2e-3,
    },
)

HANDWRITING_PREDICT_3 = Recipe(
    name="handwriting-predict-3",
    about="Goes on with a pen's strokes, without a text: three layers of 400 LSTM.",
    paper=f"{GRAVES}, section 4",
    data=InkConfig(),
    model=HandwritingPredictConfig(units=400, layers=3),
    task=WriteInk(),
    training=AS_PUBLISHED,
    published=(_published(-1041.0, "section 4.2, handwriting prediction, 3 layers"),),
    notes=SHARED_NOTES,
    laptop=HANDWRITING_PREDICT.laptop | {"model.units": 128},
)

HANDWRITING_SYNTHESIS = Recipe(
    name="handwriting-synthesis",
    about="Writes a text by hand: three layers of 400 LSTM and a window over the text.",
    paper=f"{GRAVES}, section 5",
    data=InkConfig(),
    model=HandwritingSynthesisConfig(units=400, layers=3, mixtures=20, windows=10),
    task=WriteInk(),
    training=AS_PUBLISHED,
    published=(_published(-1096.9, "section 5.3, handwriting synthesis, no weight noise"),),
    notes=(
        *SHARED_NOTES,
        "The window begins at the pace of the training ink, characters a point; in the paper it "
        "begins anywhere.",
    ),
    laptop={
        "model.units": 160,
        "data.points_per_character": 12,
        "training.epochs": 20,
        "training.optimiser": "adam",
        "training.learning_rate": 2e-3,
    },
)

HANDWRITING_DEMO = Recipe(
    name="handwriting-demo",
    about="Writes Latin and Cyrillic by hand, small enough for any laptop.",
    paper="none; after Graves 2013 (arXiv:1308.0850), section 5, numbers our own",
    data=InkConfig(points_per_character=9.0, longest_points=700, slant_degrees=4.0, size=0.06),
    model=HandwritingSynthesisConfig(units=176, layers=3, mixtures=12, windows=6),
    task=WriteInk(),
    training=TrainingConfig(
        epochs=14,
        batch=24,
        keep="last",
        patience=None,
        optimiser="adam",
        learning_rate=3e-3,
        schedule="cosine",
        warmup=0.02,
        epsilon=1e-8,
        clip_norm=2.0,
    ),
    notes=(
        "For drawn pen strokes: kineograph prepare ink-drawn built-in OUT. Points are put anew, 9 "
        "a character and closer in bends, so that a line has a third of a tablet's points.",
        "The rate falls to nothing, which halves what is left to learn; the last weights stay.",
    ),
    laptop={"model.units": 128, "training.epochs": 6},
)
