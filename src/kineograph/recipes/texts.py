"""Two small recipes for whole texts: words in, one label out; a text in, another text out.

kineograph train label-text reviews.csv
kineograph prepare transliteration words.txt data/words
kineograph train transliterate data/words --set data.given=icao-9303
"""

from kineograph.data.texts.config import LabelledConfig, PairsConfig
from kineograph.nets.models.text_labeller import TextLabellerConfig
from kineograph.nets.models.transliterator import TransliteratorConfig
from kineograph.recipes.recipe import Recipe
from kineograph.tasks import LabelTexts, RewriteTexts
from kineograph.training.optimise import TrainingConfig

LABEL_TEXT = Recipe(
    name="label-text",
    about="A label for a text: words or characters, an LSTM, softmax.",
    paper="numbers our own; Karpathy 2015's many to one, of words",
    data=LabelledConfig(),
    model=TextLabellerConfig(),
    task=LabelTexts(),
    training=TrainingConfig(
        epochs=20,
        batch=32,
        patience=4,
        optimiser="adam",
        learning_rate=2e-3,
        epsilon=1e-8,
        clip_norm=1.0,
    ),
    notes=(
        "A logistic regression over the words that stand in a text, in no order, is trained beside "
        "it: often it is as good, and then the order of the words has taught the network nothing.",
        "--set data.tokens=characters reads characters; --set model.cell=gru, rnn or mingru has "
        "another cell, --set model.pool=mean the mean of all states.",
    ),
    laptop={"training.epochs": 6, "model.units": 32},
)

TRANSLITERATE = Recipe(
    name="transliterate",
    about="A text from a text, with attention: Latin to Cyrillic and back.",
    paper="numbers our own; Bahdanau et al. 2015 (arXiv:1409.0473)",
    data=PairsConfig(),
    model=TransliteratorConfig(),
    task=RewriteTexts(),
    training=TrainingConfig(
        epochs=20,
        batch=32,
        patience=4,
        optimiser="adam",
        learning_rate=3e-3,
        epsilon=1e-8,
        schedule="cosine",
        clip_norm=1.0,
    ),
    notes=(
        "--set data.given=cyrillic --set data.asked=bgn-pcgn turns it round; gost-7.79-b and "
        "icao-9303 are columns of the prepared words, too.",
        "The table itself, turned round and applied by its longest match, stands beside.",
    ),
    laptop={"training.epochs": 6, "model.units": 64},
)
