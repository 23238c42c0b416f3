"""Two LRCNs, one on pictures and one on optical flow; their answers are averaged.

kineograph prepare ut-interaction UT data/ut1 --flow
kineograph crossval two-stream-lrcn data/ut1 --by group
kineograph train two-stream-lrcn data/mine --set model.weights=1,2
"""

from dataclasses import replace

from kineograph.nets.models import TwoStreamConfig
from kineograph.recipes.lrcn import DATA, MODEL, TRAINING
from kineograph.recipes.recipe import Recipe
from kineograph.tasks import LabelStreams

TWO_STREAM_LRCN = Recipe(
    name="two-stream-lrcn",
    about="One action for a clip: pictures and motion, each through its own LRCN.",
    paper="Donahue et al. 2015 (arXiv:1411.4389), section 4.1, at a size for two cores",
    data=replace(DATA, inputs=("rgb", "flow")),
    model=TwoStreamConfig(rgb=MODEL, motion=MODEL, weights=(1.0, 1.0)),
    task=LabelStreams(steps="ramp", label_smoothing=0.1),
    training=TRAINING,
    notes=(
        "Donahue et al. average both streams 1:1 and 1:2 in favour of flow: model.weights=1,2. "
        "Every report lists both, and each stream alone.",
    ),
    laptop={"training.epochs": 25},
)
