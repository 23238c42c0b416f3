"""Pandey's one-block LRCN: one convolution, one LSTM; a label per clip, or per frame.

kineograph train lrcn-one-block data/mine
kineograph train lrcn-one-block-frames data/mine --set data.frames_per_clip=30
"""

from dataclasses import replace

from kineograph.data.clips import DataConfig
from kineograph.nets.models import LRCNConfig
from kineograph.recipes.recipe import Recipe
from kineograph.tasks import LabelClips, LabelFrames
from kineograph.training.optimise import TrainingConfig

CHOSEN = (
    "Frame size, clip length, optimiser, length of training, split and data are not stated: "
    "60x60, 20 frames, Adam with Keras' defaults, batch 4, 50 epochs with patience 10 and "
    "64/16/20 % are ours.",
    "No figures were published.",
)

LRCN_ONE_BLOCK = Recipe(
    name="lrcn-one-block",
    about="The smallest LRCN: one convolution a frame, an LSTM of 32, one label for the clip.",
    paper="Ayush Pandey: LRCN for activity recognition",
    data=DataConfig(size_pixels=(60, 60), frames_per_clip=20, fractions=(0.64, 0.16, 0.20)),
    model=LRCNConfig(filters=(16,), pools=(4,), dropout=0.25, cell="lstm", units=32, start="keras"),
    task=LabelClips(steps="last"),
    training=TrainingConfig(epochs=50, batch=4, patience=10, optimiser="adam", learning_rate=1e-3),
    notes=CHOSEN,
    laptop={"data.frames_per_clip": 10, "training.epochs": 15},
)

LRCN_ONE_BLOCK_FRAMES = replace(
    LRCN_ONE_BLOCK,
    name="lrcn-one-block-frames",
    about="The smallest LRCN with a label for every frame.",
    data=replace(LRCN_ONE_BLOCK.data, label_per_frame=True),
    task=LabelFrames(),
)
