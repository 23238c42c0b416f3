"""Recipes that describe pictures: NeuralTalk, Show and Tell, Show Attend and Tell; a small one; and
one that describes clips.

kineograph prepare flickr8k Flickr8k data/flickr8k
kineograph train flickr8k-small data/flickr8k              two hours of two cores, from scratch
kineograph train show-attend-tell data/flickr8k            the paper's captioner, likewise
kineograph train show-attend-tell data/flickr8k --set model.encoder=timm:vgg16 \
    --set data.size_pixels=224 --set training.freeze=sight         on what VGG sees, as the paper
kineograph train flickr8k-small data/flickr8k --from runs/NAME --set task.self_critical=true \
    --set training.learning_rate=2e-5 --set training.epochs=5      on CIDEr-D, from a trained one

kineograph prepare described-actors built-in data/actors
kineograph train describe-clips data/actors                what happens in a clip, in time

Any of them describes clips where data.frames is more than 1.
The papers' encoders have learned from ImageNet (VGG, GoogLeNet), ours start from nothing unless
they are asked for: theirs come by the optional extra `pretrained`.
"""

from kineograph.data.augment import Augmentation
from kineograph.data.captions.config import CaptionsConfig
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.encoders.over_time import OverTimeConfig
from kineograph.nets.models.attending_captioner import AttendingCaptionerConfig
from kineograph.nets.models.captioner import CaptionerConfig
from kineograph.recipes.recipe import Published, Recipe
from kineograph.tasks.describe import Describe
from kineograph.training.optimise import TrainingConfig

FLICKR8K = "Flickr8k, official test, 1,000 pictures, five references, words of the authors' own"
COCO = "COCO 2014, five references"
SCRATCH = (
    "The paper's encoder has learned from ImageNet. Ours starts from nothing, so its figures are "
    "far below; for the paper's way set model.encoder=timm:vgg16, data.size_pixels=224, "
    "training.freeze=sight."
)
LAPTOP = {
    "data.size_pixels": 64,
    "model.grid.stem_filters": 16,
    "model.grid.filters": [32, 64, 96],
    "model.units": 128,
    "model.embedding": 128,
    "training.epochs": 8,
    "training.batch": 16,
    "training.optimiser": "adam",
    "training.learning_rate": 1e-3,
}


def _published(
    source: str, protocol: str, data: str, figures: dict[str, float]
) -> tuple[Published, ...]:
    """One row of a table of scores in percent."""
    return tuple(
        Published(name, round(value / 100, 6), source, protocol, data=data, split="given")
        for name, value in figures.items()
    )


NEURALTALK = Recipe(
    name="neuraltalk",
    about="A sentence for a picture: its features beside the first word, a plain RNN.",
    paper="Karpathy & Fei-Fei 2015 (CVPR, arXiv:1412.2306)",
    data=CaptionsConfig(least_count=5),
    model=CaptionerConfig(
        picture="beside",
        cell="rnn",
        activation="relu",
        units=512,
        embedding=512,
        dropout=0.5,
    ),
    task=Describe(),
    training=TrainingConfig(epochs=50, batch=20, learning_rate=4e-4, epsilon=1e-8, clip_norm=5.0),
    published=(
        *_published(
            "Karpathy & Fei-Fei 2015, Table 2, Our model, Flickr8K",
            FLICKR8K,
            "Flickr8k",
            {"bleu_1": 57.9, "bleu_2": 38.3, "bleu_3": 24.5, "bleu_4": 16.0},
        ),
        *_published(
            "Karpathy & Fei-Fei 2015, Table 2, Our model, MSCOCO 2014",
            COCO,
            "COCO 2014",
            {"bleu_1": 62.5, "bleu_2": 45.0, "bleu_3": 32.1, "bleu_4": 23.0},
        ),
    ),
    notes=(
        "Batches are of 20 pictures with all five sentences: the paper's 100 picture-sentence "
        "pairs. It learns with RMSprop and clips each gradient at 5; ours is Adam, clipped by "
        "norm. Learning rate and epochs are open there and were chosen.",
        SCRATCH,
        "Of timm:vgg16 the features are the mean of its last maps, not its hidden layer of 4,096.",
        "Published figures were copied from memory of the papers: check them before you cite.",
    ),
    laptop=LAPTOP,
)

SHOW_AND_TELL = Recipe(
    name="show-and-tell",
    about="A sentence for a picture: the picture is the first word, an LSTM goes on (Im2Txt).",
    paper="Vinyals, Toshev, Bengio, Erhan 2015 (CVPR, arXiv:1411.4555)",
    data=CaptionsConfig(least_count=5),
    model=CaptionerConfig(cell="lstm", units=512, embedding=512, dropout=0.3),
    task=Describe(),
    training=TrainingConfig(
        epochs=30,
        batch=32,
        optimiser="sgd",
        learning_rate=0.1,
        momentum=0.0,
        clip_norm=5.0,
    ),
    published=(
        *_published(
            "Vinyals et al. 2015, Table 2, NIC, Flickr8k", FLICKR8K, "Flickr8k", {"bleu_1": 63.0}
        ),
        *_published(
            "Vinyals et al. 2015, Table 1, NIC",
            COCO,
            "COCO 2014",
            {"bleu_4": 27.7, "cider_d": 85.5},
        ),
    ),
    notes=(
        "512 numbers a word, 512 units, SGD without momentum at a fixed rate are the paper's, "
        "which leaves the rate open. Dropout 0.3 and clipping at 5 are the authors' Im2Txt's, "
        "which steps at 2, halved every 8 epochs, on an encoder that learns nothing.",
        SCRATCH,
        "The paper's encoder is GoogLeNet with batch normalisation, Im2Txt's Inception v3 "
        "(timm:inception_v3). The paper searches with a beam of 20; Im2Txt with 3.",
        "Its CIDEr of 85.5 is the challenge server's: CIDEr-D, here 0.855.",
        "Published figures were copied from memory of the papers: check them before you cite.",
    ),
    laptop=LAPTOP,
)

SHOW_ATTEND_TELL = Recipe(
    name="show-attend-tell",
    about="A sentence for a picture, which is looked at again before every word.",
    paper="Xu et al. 2015 (ICML, arXiv:1502.03044), soft attention",
    data=CaptionsConfig(least_count=1),
    model=AttendingCaptionerConfig(
        units=1000,
        embedding=512,
        attention=512,
        gate=True,
        dropout=0.5,
    ),
    task=Describe(even_attention=1.0),
    training=TrainingConfig(epochs=50, batch=13, patience=10, learning_rate=2e-4, epsilon=1e-8),
    published=(
        *_published(
            "Xu et al. 2015, Table 1, Soft-Attention, Flickr8k",
            FLICKR8K,
            "Flickr8k",
            {"bleu_1": 67.0, "bleu_2": 44.8, "bleu_3": 29.9, "bleu_4": 19.5},
        ),
        *_published(
            "Xu et al. 2015, Table 1, Soft-Attention, COCO",
            COCO,
            "COCO 2014",
            {"bleu_1": 70.7, "bleu_2": 49.2, "bleu_3": 34.4, "bleu_4": 24.3},
        ),
    ),
    notes=(
        "Batches are of 13 pictures with all five sentences, the paper's 64 sentences. It learns "
        "Flickr8k with RMSprop; ours is Adam. It keeps the 10,000 most frequent words: all of "
        "Flickr8k's that occur. 1000 units and 512 numbers a word are the authors' program's.",
        SCRATCH,
        "The paper looks at VGG-19's 14 x 14 places before its last pooling; timm:vgg16 has 7 x 7 "
        "after it, and so has our own encoder at 112 pixels.",
        "Published figures were copied from memory of the papers: check them before you cite.",
    ),
    laptop=LAPTOP | {"model.attention": 64},
)

FLICKR8K_SMALL = Recipe(
    name="flickr8k-small",
    about="Show, Attend and Tell that learns from nothing on a laptop: 112 pixels, two hours.",
    paper="Xu et al. 2015 (arXiv:1502.03044) and Fang et al. 2015; numbers our own",
    data=CaptionsConfig(
        size_pixels=112,
        least_count=5,
        longest=20,
        sentences_drawn=3,
        augmentation=Augmentation(
            mirror=True,
            crop=0.35,
            aspect=0.2,
            brightness=0.15,
            contrast=0.25,
            saturation=0.3,
            hue=0.02,
        ),
    ),
    model=AttendingCaptionerConfig(
        grid=GridEncoderConfig(
            stem_filters=32, filters=(64, 128, 256), blocks=(2, 2, 2), dropout=0.1
        ),
        units=384,
        embedding=256,
        attention=128,
        dropout=0.4,
        word_guess=True,
    ),
    task=Describe(label_smoothing=0.1, even_attention=0.1, guess_weight=0.5),
    training=TrainingConfig(
        epochs=30,
        batch=32,
        keep="last",
        patience=None,
        optimiser="adamw",
        learning_rate=1e-3,
        schedule="cosine",
        warmup=0.03,
        epsilon=1e-8,
        weight_decay=0.05,
        clip_norm=2.0,
        precision="bf16",
    ),
    notes=(
        "The encoder starts from nothing: it is told in every step which words the sentences have "
        "at all, right off its features, which teaches it sooner than the sentences do.",
        "Every picture is seen with three of its five sentences in an epoch, changed anew each "
        "time. A mirrored picture keeps its sentences: left and right are learned badly.",
        "The learning rate falls to nothing over the epochs, so the last weights are kept.",
    ),
    laptop=LAPTOP | {"model.attention": 64},
)

DESCRIBE_CLIPS = Recipe(
    name="describe-clips",
    about="A sentence for a clip: LRCN reads its frames, the speaker attends to moments.",
    paper="Donahue et al. 2015 (arXiv:1411.4389) and Yao et al. 2015; numbers our own",
    data=CaptionsConfig(
        size_pixels=48,
        fit="squash",
        frames=12,
        least_count=2,
        longest=20,
        augmentation=Augmentation(crop=0.1, brightness=0.1, contrast=0.1),
    ),
    model=AttendingCaptionerConfig(
        grid=GridEncoderConfig(stem_filters=16, filters=(24, 48, 64), blocks=(1, 1, 1)),
        over_time=OverTimeConfig(dense=128, cell="gru", units=128, dropout=0.1),
        units=128,
        embedding=64,
        attention=64,
        dropout=0.2,
    ),
    task=Describe(),
    training=TrainingConfig(
        epochs=60,
        batch=16,
        keep="last",
        patience=None,
        optimiser="adamw",
        learning_rate=3e-3,
        schedule="one_cycle",
        epsilon=1e-8,
        weight_decay=0.01,
        clip_norm=1.0,
        precision="bf16",
    ),
    notes=(
        "The encoder is LRCN's for activities (§4): a CNN on each frame, a dense layer, a "
        "recurrence over the frames; here a GRU (model.over_time.cell=lstm for the paper's). LRCN "
        "itself describes clips (§6) by words that another program found in them; here one network "
        "learns from clips to sentences, as S2VT does (Venugopalan et al. 2015).",
        "Moments are weighed anew before each word: the attention over time of Yao et al. "
        "(arXiv:1502.08029), who lay features of motion beside what a frame shows; here it is the "
        "recurrence that stands there.",
        "In the 12 epochs of --small it learns what is worn and not yet what is done (Results); 60 "
        "were not measured.",
        "Clips are never mirrored: sentences say left and right.",
    ),
    laptop={"training.epochs": 12},
)
