"""LRCN as we would train it on a few dozen clips: one stream, of motion by default.

kineograph prepare ut-interaction UT data/ut1 --flow
kineograph crossval lrcn data/ut1 --by group
kineograph crossval lrcn data/ut1 --by group --set data.inputs=rgb
"""

from kineograph.data.augment import Augmentation
from kineograph.data.clips import DataConfig
from kineograph.nets.models import LRCNConfig
from kineograph.recipes.recipe import Recipe
from kineograph.tasks import LabelClips
from kineograph.training.optimise import TrainingConfig

DATA = DataConfig(
    size_pixels=(60, 60),
    inputs=("flow",),
    frames_per_clip=16,
    sampling="jitter",
    fractions=(0.64, 0.16, 0.20),
    augmentation=Augmentation(
        mirror=True,
        crop=0.2,
        aspect=0.15,
        brightness=0.1,
        contrast=0.2,
        saturation=0.2,
        speed=0.15,
    ),
)
MODEL = LRCNConfig(
    filters=(16, 32, 64, 64),
    pools=(4, 3, 2, 2),
    dropout=0.25,
    features_norm="layer",
    cell="gru",
    units=64,
    frames_norm="each",
    start="keras",
)
TRAINING = TrainingConfig(
    epochs=100,
    batch=4,
    keep="last",
    patience=None,
    optimiser="adamw",
    weight_decay=0.02,
    learning_rate=1e-3,
    schedule="one_cycle",
    clip_norm=1.0,
    precision="bf16",
)

LRCN = Recipe(
    name="lrcn",
    about="One action for a clip, from how it moves: loss on every step, many small changes.",
    paper="Donahue et al. 2015 (arXiv:1411.4389), at a size for two cores",
    data=DATA,
    model=MODEL,
    task=LabelClips(steps="ramp", label_smoothing=0.1),
    training=TRAINING,
    laptop={"training.epochs": 25},
)
