"""Recipes that write text character by character: Karpathy's char-rnn, and two of our own.

    kineograph train shakespeare tinyshakespeare.txt
    kineograph train char-lstm notes/ --set model.units=256 --set training.epochs=20

char-* have the numbers of char-rnn's train.lua with each cell; `shakespeare` and `stacks` are ours.
"""

from dataclasses import replace

from kineograph.data.characters.config import TextConfig
from kineograph.nets.models.character_model import CharacterModelConfig
from kineograph.recipes.recipe import Published, Recipe
from kineograph.tasks import PredictCharacters
from kineograph.training.optimise import TrainingConfig

NANOGPT = Published(
    figure="nats",
    value=1.4697,
    source="nanoGPT, README, train_shakespeare_char",
    protocol="tiny Shakespeare, last 10 % by place; a Transformer of 10.6 M weights, the best of "
    "its validations, windows of 256 characters drawn at random, 3 minutes of an A100",
    data="tinyshakespeare",
    split="by place: first 90% train, then 10% val",
)
NANOGPT_CPU = Published(
    figure="nats",
    value=1.88,
    source="nanoGPT, README, train_shakespeare_char on a CPU",
    protocol="the same text and split; a Transformer of 0.8 M weights, 3 minutes of a laptop",
    data="tinyshakespeare",
    split="by place: first 90% train, then 10% val",
)

CHAR_LSTM = Recipe(
    name="char-lstm",
    about="Text, character by character: two LSTM layers, as char-rnn has them.",
    paper="Karpathy 2015 (char-rnn); Graves 2013 (arXiv:1308.0850)",
    data=TextConfig(window_characters=50),
    model=CharacterModelConfig(cell="lstm", units=128, layers=2),
    task=PredictCharacters(),
    training=TrainingConfig(
        epochs=50,
        batch=50,
        keep="best",
        patience=None,
        optimiser="adam",
        learning_rate=2e-3,
        epsilon=1e-8,
        clip_norm=5.0,
    ),
    notes=(
        "char-rnn's defaults: 128 units, 2 layers, 50 rows, windows of 50 characters, 2e-3, 50 "
        "epochs, 95 % train and 5 % validation; here 90 and 10 %, as nanoGPT cuts the text.",
        "char-rnn steps with RMSProp, rate x 0.97 an epoch from the 10th on, and clips each "
        "gradient at 5; here Adam at a constant rate, and the norm of all is clipped at 5.",
        "--set model.units=512 --set model.layers=3 --set model.layers_dropout=0.5 is what its "
        "author writes of for larger texts.",
    ),
    laptop={"training.epochs": 5},
)


def _with(cell: str, words: str) -> Recipe:
    return replace(
        CHAR_LSTM,
        name=f"char-{cell}",
        about=f"Text, character by character: two {words} layers, as char-rnn has its LSTM.",
        model=replace(CHAR_LSTM.model, cell=cell),
    )


CHAR_RNN = _with("rnn", "plain recurrent")
CHAR_GRU = _with("gru", "GRU")
CHAR_MINGRU = replace(
    _with("mingru", "minGRU"), paper="Karpathy 2015 (char-rnn); Feng et al. 2024 (arXiv:2410.01201)"
)

SHAKESPEARE = Recipe(
    name="shakespeare",
    about="Tiny Shakespeare: two LSTM layers of 512, made for an hour of two slow cores.",
    paper="numbers our own; text of Karpathy 2015",
    data=TextConfig(),
    model=CharacterModelConfig(
        cell="lstm",
        units=512,
        layers=2,
        layers_dropout=0.4,
        outputs_dropout=0.5,
        recurrent_dropout=0.2,
        rounds=True,
    ),
    task=PredictCharacters(),
    training=TrainingConfig(
        epochs=24,
        batch=64,
        keep="last",
        patience=None,
        optimiser="adamw",
        learning_rate=4e-3,
        schedule="cosine",
        warmup=0.02,
        epsilon=1e-8,
        weight_decay=1e-2,
        clip_norm=1.0,
        precision="bf16",
    ),
    published=(NANOGPT, NANOGPT_CPU),
    notes=(
        "The weights are the last ones: none is chosen by the text that the figure is of.",
        "torchrun --nproc-per-node 2 -m kineograph train shakespeare TEXT gives each of two cores "
        "half of the rows.",
    ),
    laptop={"model.units": 256, "model.layers": 1, "training.epochs": 4},
)

STACKS = replace(
    SHAKESPEARE,
    name="stacks",
    about="LaTeX of algebraic geometry that nearly compiles; counts what is balanced in it.",
    paper="Karpathy 2015 (the unreasonable effectiveness, algebraic geometry); numbers our own",
    data=TextConfig(window_characters=160),
    model=replace(
        SHAKESPEARE.model, layers_dropout=0.1, outputs_dropout=0.1, recurrent_dropout=0.0
    ),
    training=replace(SHAKESPEARE.training, epochs=3),
    published=(),
    notes=(
        "Made for the Stacks project's LaTeX, 16.7 MB: no character is seen more than three times.",
        "The report counts braces, environments and dollars that open and close, in what the "
        "network writes and in as much of the text itself.",
    ),
    laptop={"model.units": 256, "model.layers": 1, "training.epochs": 1},
)
