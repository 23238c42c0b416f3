"""Writing or not in a lecture, one label a second: three networks and two small ones.

kineograph prepare lecture LECTURE data/lecture
kineograph crossval writing-gru-small data/lecture --by person
kineograph train writing-gru data/lecture --set model.cell=lstm
kineograph train writing-frame data/lecture           one frame at a time
kineograph train writing-median data/lecture          its ten answers through a median filter
kineograph train writing-two-stream data/lecture --set data.inputs=rgb,depth
kineograph train writing-gru data/lecture --set data.split=writing-paper-split     as they tested
"""

from dataclasses import replace

from kineograph.data.clips import DataConfig
from kineograph.data.split import WRITING_PAPER
from kineograph.nets.models import FrameConfig, LRCNConfig, TwoStreamConfig
from kineograph.recipes.recipe import Published, PublishedConfusion, Recipe
from kineograph.tasks import LabelByMedian, LabelClips, LabelFrames, LabelStreams
from kineograph.training.optimise import TrainingConfig

PAPER = "Using CNNs with Long-Short-Term Memory for recognition of writing (in Slovene)"
PROTOCOL = (
    "22 persons in lectures, one of them tested: 2944 seconds of not writing, 1036 of writing, "
    "most likely with the mirrored ones; what is always 'not writing' has 74 %"
)
CLASSES = ("not writing", "writing")
DATA = "the paper's lectures"  # never published, so that no data of ours is the same
SECONDS = DataConfig(
    size_pixels=(100, 100),
    frames_per_clip=10,
    frames_per_second=10.0,
    moments="nearest",
    sampling="consecutive",
)
SINGLE = replace(SECONDS, frames_per_clip=1, sampling="windows")  # each frame by itself
BLOCKS = {
    "filters": (16, 16, 16),
    "pools": (2, 2, 2),
    "kernel": 3,
    "convolutions": 2,
    "first_kernel": 7,
    "dropout": 0.0,
    "start": "keras",
}
SEQUENCE = LRCNConfig(**BLOCKS, last_convolutions=2, cell="gru", units=10)  # type: ignore[arg-type]
FRAME = FrameConfig(**BLOCKS, features_dropout=0.25, hidden=64)  # type: ignore[arg-type]
TRAINING = TrainingConfig(
    epochs=5,
    batch=24,
    optimiser="sgd",
    momentum=0.9,
    learning_rate=2.5e-5,
    keep="last",
    patience=None,
)
OPEN = (
    "Padding ('same'), pool size (2), ReLU and first weights (Keras' own) are not said.",
    "Mirrored copies of all samples and noised ones of writing stand in the prepared folder, and "
    "are learned from only; the paper does not say how strong its noise is.",
    "Nothing is said of early stopping: the last epoch's weights are kept.",
    "The paper tests one person, most likely with mirrored samples, and this is one figure of one "
    "person: data.split=writing-paper-split does the same (data.test_person=anna chooses), for a "
    "look beside the paper. kineograph crossval --by person leaves out each in turn.",
)
SMALL = {  # the same code on a laptop; chosen for speed, not on any test data
    "data.size_pixels": [64, 64],
    "model.filters": [8, 16, 16],
    "model.pools": [4, 2, 2],
    "model.first_kernel": 5,
    "model.frames_norm": "each",
    "training.optimiser": "adamw",
    "training.weight_decay": 0.01,
    "training.learning_rate": 2e-3,
    "training.schedule": "one_cycle",
    "training.clip_norm": 1.0,
    "training.precision": "bf16",
}

SMALL_FRAMES = SMALL | {"training.batch": 160, "training.epochs": 4}  # frames, not seconds

WRITING_GRU = Recipe(
    name="writing-gru",
    about="Writing or not, a label a second: eight convolutions a frame, a GRU over ten frames.",
    paper=PAPER,
    data=SECONDS,
    model=SEQUENCE,
    task=LabelClips(steps="last"),
    training=TRAINING,
    published=(
        Published(
            figure="accuracy",
            value=0.891,
            source="text: the mean of several trainings; the best, Table 2, has 96.1 % of not "
            "writing and 75.8 % of writing right",
            protocol=PROTOCOL,
            data=DATA,
            split=WRITING_PAPER,
            confusion=PublishedConfusion(
                classes=CLASSES,
                rows_percent=((96.1, 3.9), (24.2, 75.8)),
                row_counts=(2944, 1036),
                unit="seconds",
                source="Table 2, the best of several trainings",
                protocol=PROTOCOL,
            ),
        ),
    ),
    notes=(
        *OPEN,
        "The paper had an LSTM first: model.cell=lstm. The GRU's reset gate comes before its "
        "matrix, as in the Keras of that time; model.reset=after is the other.",
        "At this learning rate the paper needs about ten thousand steps.",
    ),
    laptop=SMALL,
)
WRITING_FRAME = Recipe(
    name="writing-frame",
    about="Writing or not from each frame alone: what a picture tells without motion.",
    paper=PAPER,
    data=replace(SINGLE, label_per_frame=True),
    model=FRAME,
    task=LabelFrames(),
    training=TRAINING,
    published=(
        Published(
            figure="accuracy",
            value=0.882,
            source="Table 1, the best of several trainings: 95.6 % of 29246 frames of not writing "
            "and 67.7 % of 10554 of writing right",
            protocol=PROTOCOL,
            data=DATA,
            split=WRITING_PAPER,
            confusion=PublishedConfusion(
                classes=CLASSES,
                rows_percent=((95.6, 4.4), (32.3, 67.7)),
                row_counts=(29246, 10554),
                unit="frames",
                source="Table 1, the best of several trainings",
                protocol=PROTOCOL,
            ),
        ),
    ),
    notes=(
        *OPEN,
        "The share of dropout (0.25) and the width of the dense layer (64) are not said.",
        "A frame bears its own mark; a second the median of ten.",
    ),
    laptop=SMALL_FRAMES,
)
WRITING_MEDIAN = replace(
    WRITING_FRAME,
    name="writing-median",
    about="The single-frame network's ten answers a second through a median filter.",
    data=SINGLE,
    task=LabelByMedian(),
    published=(),
    notes=(
        *WRITING_FRAME.notes,
        "The paper says of it only: slightly worse still. Whether labels or probabilities are "
        "filtered is not said; of probabilities no tie is left.",
    ),
)
WRITING_GRU_SMALL = replace(
    WRITING_GRU,
    name="writing-gru-small",
    about="writing-gru for two cores: smaller frames, how they change beside them, a higher rate.",
    data=replace(SECONDS, size_pixels=(64, 64), inputs=("rgb", "difference")),
    model=replace(
        SEQUENCE,
        filters=(8, 16, 16),
        pools=(4, 2, 2),
        first_kernel=5,
        frames_norm="each",
        features_norm="layer",
        units=32,
    ),
    task=LabelClips(steps="ramp", label_smoothing=0.05),
    training=replace(
        TRAINING,
        epochs=8,
        batch=16,
        optimiser="adamw",
        weight_decay=0.01,
        learning_rate=2e-3,
        schedule="one_cycle",
        clip_norm=1.0,
        precision="bf16",
    ),
    published=(),
    notes=(
        *OPEN,
        "Its numbers are ours, chosen on other drawn lectures than those of docs/results.md; the "
        "network's parts are the paper's.",
        "Its frames carry their change since the frame before (data.inputs=rgb,difference): of "
        "pictures alone, data.inputs=rgb, it learns who looks like writing and not what moves, in "
        "the time that a laptop has.",
    ),
    laptop={"training.epochs": 4},
)
WRITING_TWO_STREAM = replace(
    WRITING_GRU_SMALL,
    name="writing-two-stream",
    about="writing-gru-small twice: pictures, and motion or depth; their answers are averaged.",
    data=replace(WRITING_GRU_SMALL.data, inputs=("rgb", "flow")),
    model=TwoStreamConfig(rgb=WRITING_GRU_SMALL.model, motion=WRITING_GRU_SMALL.model),
    task=LabelStreams(steps="ramp", label_smoothing=0.05),
    notes=(
        *WRITING_GRU_SMALL.notes,
        "The paper has one stream. data.inputs=rgb,depth takes what a depth camera measured.",
    ),
)
