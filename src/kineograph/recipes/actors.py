"""The demo's recipe: an LRCN that learns six actions of drawn actors in a minute or two.

kineograph demo
kineograph train actors data/mine             works on any clips: a good first try
"""

from kineograph.data.augment import Augmentation
from kineograph.data.clips import DataConfig
from kineograph.nets.models import LRCNConfig
from kineograph.recipes.recipe import Recipe
from kineograph.tasks import LabelClips
from kineograph.training.optimise import TrainingConfig

ACTORS = Recipe(
    name="actors",
    about="A quick LRCN: loss on every step, one-cycle rate, mirrored and zoomed clips.",
    paper="Donahue et al. 2015 (arXiv:1411.4389), at a size for two cores",
    data=DataConfig(
        size_pixels=(48, 48),
        frames_per_clip=20,
        sampling="jitter",
        fractions=(0.6, 0.2, 0.2),
        augmentation=Augmentation(mirror=True, crop=0.1, brightness=0.15, contrast=0.15),
    ),
    model=LRCNConfig(
        filters=(16, 32, 64, 64),
        pools=(3, 2, 2, 2),
        dropout=0.1,
        features_norm="layer",
        cell="gru",
        units=64,
        frames_norm="each",
        start="keras",
    ),
    task=LabelClips(steps="ramp", label_smoothing=0.05),
    training=TrainingConfig(
        epochs=18,
        batch=8,
        keep="last",
        patience=None,
        optimiser="adamw",
        weight_decay=0.01,
        learning_rate=4e-3,
        schedule="one_cycle",
        clip_norm=1.0,
        precision="bf16",
    ),
    laptop={"training.epochs": 8},
)
