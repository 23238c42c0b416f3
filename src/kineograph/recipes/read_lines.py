"""Recipes that read lines: printed ones, handwriting, and Graves' multidimensional LSTM.

ocr-line is ours: small enough for a laptop and a package. htr-line has Retsinas et al.'s numbers.
mdlstm-line has Graves and Schmidhuber's levels, and -stable a cell that learns sooner.
"""

from kineograph.data.lines.augment import USUAL
from kineograph.data.lines.config import LinesConfig
from kineograph.nets.models.line_reader import RETSINAS, LineReaderConfig
from kineograph.nets.models.mdlstm_line import MDLSTMLineConfig
from kineograph.recipes.recipe import Recipe
from kineograph.tasks import ReadLines
from kineograph.training.optimise import TrainingConfig

OCR_LINE = Recipe(
    name="ocr-line",
    about="Printed lines into text: CNN, columns, two bidirectional LSTM, CTC, a character model.",
    paper="Shi et al. 2015 (arXiv:1507.05717); numbers our own",
    data=LinesConfig(height_pixels=40, policy="fraktur", augmentation=USUAL),
    model=LineReaderConfig(
        stem_filters=32,
        stem_kernel=5,
        stem_stride=(2, 2),
        filters=(64, 96, 128),
        convolutions=(1, 1, 1),
        height_pools=(2, 2, 2),
        width_pools=(2, 1, 1),
        units=160,
        layers_dropout=0.2,
        outputs_dropout=0.2,
    ),
    task=ReadLines(),
    training=TrainingConfig(
        epochs=30,
        batch=8,
        keep="last",
        patience=None,
        optimiser="adamw",
        learning_rate=1.5e-3,
        schedule="cosine",
        warmup=0.02,
        epsilon=1e-8,
        weight_decay=1e-2,
        clip_norm=5.0,
    ),
    notes=(
        "The learning rate falls to nothing over the epochs, which halves the error; so the last "
        "weights are kept, and validation lines are left for the language model's weight.",
        "Spelling 'fraktur' keeps the long s and joins nothing else that another script would "
        "miss; set data.policy for another.",
        "model.columns=summary is Tesseract's: an LSTM that goes down each column (units 64). "
        "model.cell=mingru is quicker with wider units.",
    ),
    laptop={"training.epochs": 12, "model.units": 96, "data.height_pixels": 32},
)

HTR_LINE = Recipe(
    name="htr-line",
    about="Handwritten lines into text: residual CNN, three bidirectional LSTM, a second CTC.",
    paper="Retsinas et al. 2022 (DAS, arXiv:2404.11339)",
    data=LinesConfig(height_pixels=128, augmentation=USUAL),
    model=RETSINAS,
    task=ReadLines(auxiliary_weight=0.1),
    training=TrainingConfig(
        epochs=240,
        batch=20,
        keep="last",
        patience=None,
        optimiser="adamw",
        learning_rate=1e-3,
        schedule="step",
        step_epochs=120,
        epsilon=1e-8,
        weight_decay=5e-5,
    ),
    notes=(
        "Lines keep their proportions at 128 pixels of height; the paper pads them to 128 x 1024.",
        "The paper's augmentation is local: ours (rotation, shear, elastic shifts, strokes) stands "
        "in for it.",
    ),
    laptop={
        "data.height_pixels": 48,
        "model.stem_filters": 0,
        "model.filters": [32, 64, 96],
        "model.convolutions": [1, 1, 1],
        "model.units": 96,
        "model.layers": 2,
        "training.epochs": 12,
        "training.batch": 8,
    },
)

MDLSTM_LINE = Recipe(
    name="mdlstm-line",
    about="Lines into text by multidimensional LSTM alone: four directions, three levels.",
    paper="Graves & Schmidhuber 2008 (NIPS 21)",
    data=LinesConfig(height_pixels=64),
    model=MDLSTMLineConfig(),
    task=ReadLines(),
    training=TrainingConfig(
        epochs=100,
        batch=1,
        patience=20,
        optimiser="sgd",
        learning_rate=1e-4,
        momentum=0.9,
    ),
    notes=(
        "Levels of 2, 10 and 50 cells, 6 and 20 tanh units between them, blocks of 4x3, 4x3 and "
        "4x2 places, peepholes, online descent.",
        "Its cell adds two forget gates, so a memory can grow without end: mdlstm-line-stable "
        "cannot, and learns in minutes what this one learns in days.",
    ),
    laptop={"training.epochs": 12},
)

MDLSTM_LINE_STABLE = Recipe(
    name="mdlstm-line-stable",
    about="The same three levels with a memory that cannot blow up, for lines 48 pixels high.",
    paper="Leifert et al. 2016 (JMLR 17, the cell); numbers our own",
    data=LinesConfig(height_pixels=48, augmentation=USUAL),
    model=MDLSTMLineConfig(
        block_heights=(4, 4, 3), block_widths=(2, 2, 1), stable=True, peepholes=False
    ),
    task=ReadLines(),
    training=TrainingConfig(
        epochs=60,
        batch=8,
        keep="last",
        patience=None,
        learning_rate=2e-3,
        schedule="cosine",
        warmup=0.02,
        epsilon=1e-8,
        clip_norm=1.0,
    ),
    notes=("Blocks of 4x2, 4x2 and 3x1 leave a column for every 4 pixels.",),
    laptop={"training.epochs": 12},
)
