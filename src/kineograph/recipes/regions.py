"""Recipes that describe the regions of a picture: DenseCap, and a small one for drawn scenes."""

from kineograph.data.regions.config import RegionsConfig
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.models.dense_caption import JOHNSON, DenseCaptionConfig
from kineograph.recipes.recipe import Published, Recipe
from kineograph.tasks import DescribeRegions
from kineograph.training.optimise import TrainingConfig

PAPER = "Johnson, Karpathy & Fei-Fei 2016 (CVPR, arXiv:1511.07571)"

DENSE_CAPTION = Recipe(
    name="dense-caption",
    about="Boxes around what a picture shows, and a sentence for each: DenseCap.",
    paper=PAPER,
    data=RegionsConfig(size_pixels=720, least_count=15, longest=10),
    model=JOHNSON,
    task=DescribeRegions(longest=15),
    training=TrainingConfig(
        epochs=10,
        batch=1,
        keep="best",
        patience=3,
        learning_rate=1e-6,
        epsilon=1e-8,
    ),
    published=(
        Published(
            "mean_ap",
            0.0539,
            "Johnson et al. 2016, Table 1, row 'Our model (FCLN)', column AP, boxes RPN",
            "Visual Genome 1.0, 5,000 test pictures; mean over IoU .3 to .7 and METEOR 0 to .25, "
            "the Java METEOR; encoder VGG-16 pretrained on ImageNet",
            data="Visual Genome",
            split="given",
        ),
    ),
    notes=(
        "The paper starts from VGG-16 pretrained on ImageNet and steps it by SGD (momentum 0.9); "
        "here a residual encoder learns from scratch, and Adam steps everything: raise the "
        "learning rate for that, 1e-6 is meant for weights that are nearly right.",
        "The paper's pictures keep their proportions, 720 pixels the longer side; here they are "
        "squares of that side, so that every box stays whole and pictures share a batch.",
        "The paper's sentences are scored by METEOR, ours by a named score of our own: figures "
        "with one are not to be set beside figures with the other.",
        "A proposal is right from IoU .7 on, or if a true box has no better one; wrong below .3. "
        "The paper leaves open how often it trained; pictures with fewer than 20 or more than 50 "
        "regions are left out by `prepare visual-genome`, as it did.",
    ),
    laptop={
        "data.size_pixels": 192,
        "model.encoder.filters": [64, 128],
        "model.encoder.blocks": [1, 1],
        "model.encoder.strides": [2, 2],
        "model.encoder.stem_stride": 2,
        "model.anchor_sides_pixels": [20, 40, 80, 140],
        "model.localise_filters": 128,
        "model.drawn": 64,
        "model.proposals": 60,
        "model.code": 256,
        "model.dropout": 0.2,
        "model.word_features": 128,
        "model.units": 192,
        "training.batch": 8,
        "training.learning_rate": 1e-3,
    },
)

DENSE_CAPTION_SCENES = Recipe(
    name="dense-caption-scenes",
    about="Drawn scenes: a box and a sentence for everything in them, learned in an hour.",
    paper=f"{PAPER}; numbers our own",
    data=RegionsConfig(size_pixels=128, longest=12),
    model=DenseCaptionConfig(
        encoder=GridEncoderConfig(filters=(64, 128), blocks=(1, 1), strides=(2, 2)),
        found_overlap=0.5,
    ),
    task=DescribeRegions(longest=12),
    training=TrainingConfig(
        epochs=30,
        batch=8,
        keep="last",
        patience=None,
        optimiser="adamw",
        learning_rate=1.5e-3,
        schedule="cosine",
        warmup=0.05,
        epsilon=1e-8,
        weight_decay=1e-2,
        clip_norm=5.0,
    ),
    notes=(
        "For `prepare scenes`: 128 pixels, a grid of 16x16 with nine anchors at each place.",
        "Boxes weigh a tenth of words, as in the paper: at a half, colours never reached words.",
        "After 12 epochs the boxes are there and a quarter of the sentences, after 30 four fifths.",
        "How much two regions may overlap was chosen on validation, of 0.3, 0.4, 0.5 and 0.6.",
        "Mirrors and closer views are off: sentences say 'left of', 'large' and 'small'.",
    ),
    laptop={"training.epochs": 4},
)
