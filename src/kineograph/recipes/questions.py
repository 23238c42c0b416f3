"""Recipes that answer questions about pictures: two papers' numbers, and two of laptop size.

The papers look at features of a VGG or ResNet that had learned ImageNet; here the encoder learns
from scratch with the rest, so their figures are beside ours and not expected of it.
"""

from kineograph.data.augment import Augmentation
from kineograph.data.questions.config import QuestionsConfig
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.models.coattention_vqa import CoAttentionConfig
from kineograph.nets.models.show_ask_attend import ShowAskAttendConfig
from kineograph.recipes.recipe import Published, Recipe
from kineograph.tasks import AnswerQuestion
from kineograph.training.optimise import TrainingConfig

LARGE = GridEncoderConfig(stem_filters=64, filters=(128, 256, 512), blocks=(2, 2, 2))
SMALL = GridEncoderConfig(stem_filters=16, filters=(32, 64, 96), blocks=(1, 1, 1))
LU = "Lu et al. 2016 (NIPS 29), Table 1, open-ended"
OFFICIAL = "VQA v1 real images, official accuracy, trained on train2014 and val2014"
AT_LAPTOP_SIZE = {
    "model.encoder.stem_filters": 16,
    "model.encoder.filters": [32, 64, 96],
    "model.encoder.blocks": [1, 1, 1],
    "model.units": 128,
    "model.attention_units": 128,
    "model.answer_units": 512,
    "model.coordinates": True,
    "model.dropout": 0.1,
    "model.start": "keras",
    "data.size_pixels": 64,
    "data.together": 2,
    "training.epochs": 8,
    "training.batch": 64,
    "training.learning_rate": 2e-3,
    "training.schedule": "cosine",
    "training.warmup": 0.02,
    "training.clip_norm": 1.0,
}
LAPTOP_TRAINING = TrainingConfig(
    epochs=16,
    batch=64,
    patience=None,
    learning_rate=2e-3,
    schedule="cosine",
    warmup=0.02,
    epsilon=1e-8,
    clip_norm=1.0,
)

COATTENTION_VQA_PAPER = Recipe(
    name="coattention-vqa-paper",
    about="The same with the paper's numbers, for photographs 224 pixels wide and a GPU.",
    paper="Lu et al. 2016 (NIPS 29, arXiv:1606.00061)",
    data=QuestionsConfig(size_pixels=224, most_answers=1000),
    model=CoAttentionConfig(encoder=LARGE, attention="alternating"),
    task=AnswerQuestion(),
    training=TrainingConfig(
        epochs=256,
        batch=300,
        patience=5,
        learning_rate=4e-4,
        weight_decay=1e-8,
        epsilon=1e-8,
    ),
    published=(
        Published(
            "accuracy",
            0.605,
            f"{LU}, alternating + VGG",
            f"{OFFICIAL}, test-dev",
            "VQA v1",
            "given",
        ),
        Published(
            "accuracy",
            0.618,
            f"{LU}, alternating + ResNet",
            f"{OFFICIAL}, test-dev",
            "VQA v1",
            "given",
        ),
        Published(
            "accuracy",
            0.621,
            f"{LU}, alternating + ResNet",
            f"{OFFICIAL}, test-standard",
            "VQA v1",
            "given",
        ),
    ),
    notes=(
        "The paper steps by RMSprop (4e-4, momentum 0.99); Adam stands in. It shows features "
        "of a VGG-19 or ResNet-200 at 448 pixels; here the encoder learns from scratch at 224.",
        "Rows of a batch are questions; those of one picture come together, so that it is encoded "
        "once. model.attention=parallel is eq. 3-5, alternating eq. 6-7.",
        "Phrases of two and three words begin at a word, with nothing after the last one.",
    ),
    laptop=AT_LAPTOP_SIZE | {"training.patience": None},
)

SHOW_ASK_ATTEND = Recipe(
    name="show-ask-attend-answer",
    about="An answer to a question: an LSTM reads it and leads two glimpses of the picture.",
    paper="Kazemi & Elqursh 2017 (arXiv:1704.03162)",
    data=QuestionsConfig(size_pixels=224, most_answers=3000),
    model=ShowAskAttendConfig(encoder=LARGE),
    task=AnswerQuestion(learn="people"),
    training=TrainingConfig(
        epochs=30,
        batch=128,
        patience=None,
        keep="last",
        learning_rate=1e-3,
        schedule="step",
        step_epochs=15,
        step_factor=0.5,
        epsilon=1e-8,
    ),
    published=(
        Published(
            "accuracy",
            0.646,
            "Kazemi & Elqursh 2017, abstract and Table 1",
            "VQA v1 real images, official accuracy, test-standard",
            "VQA v1",
            "given",
        ),
        Published(
            "accuracy",
            0.597,
            "Kazemi & Elqursh 2017, abstract and Table 2",
            "VQA v2, official accuracy, val2014, trained on train2014",
            "VQA v2",
            "given",
        ),
    ),
    notes=(
        "The paper trains 100,000 steps and halves the rate every 50,000: about 30 epochs of VQA "
        "v1's training side, 15 each. It shows features of a ResNet-152 at 448 pixels; here the "
        "encoder learns from scratch at 224.",
        "The loss is the mean of ten people's cross-entropies (learn=people); learn=shares is that "
        "of VQA v2's winners, learn=one that of one right answer.",
    ),
    laptop=AT_LAPTOP_SIZE | {"model.embedding": 64, "model.units": 128, "training.keep": "best"},
)

COATTENTION_VQA = Recipe(
    name="coattention-vqa",
    about="An answer to a question: words and places of a picture look at each other, in 3 levels.",
    paper="Lu et al. 2016 (NIPS 29), the network; numbers our own",
    data=QuestionsConfig(
        size_pixels=64,
        fractions=(0.72, 0.08, 0.20),
        augmentation=Augmentation(crop=0.25, aspect=0.1),
        together=2,
    ),
    model=CoAttentionConfig(
        encoder=SMALL,
        attention="parallel",
        units=128,
        attention_units=128,
        answer_units=512,
        coordinates=True,
        dropout=0.1,
        start="keras",
    ),
    task=AnswerQuestion(),
    training=LAPTOP_TRAINING,
    notes=(
        "Laptop size, from scratch; coattention-vqa-paper has the paper's numbers.",
        "Two questions of a picture come together, not all ten: a picture then comes five times in "
        "an epoch beside other ones, and shapes are learned, which they were not with all together "
        "(47 % of them after eight epochs of easy-VQA).",
        "Every place is told where it lies: a network from scratch learns left and right sooner.",
        "Questions alone answer most of easy-VQA's yes and no: read the figure beside the most "
        "frequent answer to the same question.",
    ),
    laptop={"training.epochs": 4},
)

SORT_OF_CLEVR = Recipe(
    name="sort-of-clevr",
    about="Questions about one of six things, and about how they relate (Sort-of-CLEVR).",
    paper="Santoro et al. 2017 (arXiv:1706.01427), the data; the network of Lu et al. 2016",
    data=QuestionsConfig(size_pixels=75, together=4),
    model=CoAttentionConfig(
        encoder=GridEncoderConfig(
            stem_filters=16, filters=(32, 64, 96), blocks=(1, 1, 1), strides=(2, 2, 1)
        ),
        attention="alternating",
        units=128,
        attention_units=128,
        answer_units=512,
        coordinates=True,
        dropout=0.1,
        start="keras",
    ),
    task=AnswerQuestion(),
    training=LAPTOP_TRAINING,
    published=(
        Published(
            "accuracy, relational",
            0.94,
            "Santoro et al. 2017, §5.2: 'surpasses 94 %', CNN + relation network",
            "Sort-of-CLEVR, questions as codes of 11 bits, 200 pictures held out",
            "Sort-of-CLEVR",
            "given",
        ),
        Published(
            "accuracy, relational",
            0.63,
            "Santoro et al. 2017, §5.2, CNN + MLP",
            "Sort-of-CLEVR, questions as codes of 11 bits, 200 pictures held out",
            "Sort-of-CLEVR",
            "given",
        ),
    ),
    notes=(
        "Questions are words here, and codes in the paper: our networks read language.",
        "Co-attention weighs places, never pairs of them; what relates two things it has to do in "
        "the encoder. A relation network looks at all pairs.",
    ),
    laptop={"training.epochs": 4},
)
