"""LRCN on KTH: six actions from 40 small frames, the network of Ospan et al. with their settings.

kineograph prepare folder KTH data/kth        one folder per action, or your own classes
kineograph train lrcn-kth data/kth
kineograph train lrcn-kth data/kth --set data.sampling=consecutive --name kth-consecutive
"""

from kineograph.data.clips import DataConfig
from kineograph.nets.models import LRCNConfig
from kineograph.recipes.recipe import Published, Recipe
from kineograph.tasks import LabelClips
from kineograph.training.optimise import TrainingConfig

PAPER = (
    "Ospan, Zhaksylyk, Imanberdiyev, Bazarzhan, Kappar, Ratkhan: "
    "Human Action Recognition with CNN-LSTM"
)

LRCN_KTH = Recipe(
    name="lrcn-kth",
    about="One action for a clip: four convolutions a frame, an LSTM over 40 frames.",
    paper=PAPER,
    data=DataConfig(
        size_pixels=(60, 60),
        frames_per_clip=40,
        sampling="even",
        fractions=(0.64, 0.16, 0.20),
    ),
    model=LRCNConfig(
        filters=(16, 32, 64, 64),
        pools=(4, 3, 2, 2),
        dropout=0.25,
        dropout_last=False,  # Fig. 3 flattens the last pool as it is
        cell="lstm",
        units=32,
        start="keras",
    ),
    task=LabelClips(steps="last"),
    training=TrainingConfig(
        epochs=80, batch=4, patience=15, optimiser="adam", learning_rate=1e-3, epsilon=1e-7
    ),
    published=(
        Published(
            figure="accuracy",
            value=0.783,
            source="Ospan et al., result and Fig. 7",
            protocol="KTH (605 clips as they count, 599 exist), random 80/20 split of clips: "
            "the same persons stand on both sides",
            data="KTH",
            split="clip",
            table=(
                ("0", 0.92, 1.00, 0.96),
                ("1", 0.85, 0.94, 0.89),
                ("2", 0.93, 0.74, 0.82),
                ("3", 0.50, 0.55, 0.52),
                ("4", 0.61, 0.92, 0.73),
                ("5", 0.90, 0.64, 0.75),
                ("macro", 0.79, 0.80, 0.78),
                ("weighted", 0.81, 0.78, 0.78),
            ),
        ),
    ),
    notes=(
        "The text says 'no padding'; the shapes of Fig. 3 need padding 'same': the figure is kept.",
        "'Divided into 40 frames' and '40 sequential frames' contradict each other: even is the "
        "default, data.sampling=consecutive the other reading.",
        "The paper splits clips at random; here people are kept apart where the data names them "
        "(data.split=clip gives the paper's protocol).",
        "Early stopping is said with patience 15, not what is watched or kept: validation loss, "
        "best epoch.",
        "Rows 0-5 of Fig. 7 bear no names.",
    ),
    laptop={"data.frames_per_clip": 20, "training.epochs": 30, "training.precision": "bf16"},
)
