"""Every picture of a side described, and what the figures are to be set beside.

RUN/predictions.jsonl    picture, sentence, log_probability, alternatives, references
RUN/pictures/            some of them, for the report
RUN/controls.json        what else was said of the same pictures, and retrieval (report/captions)
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kineograph.data.captions.described import DescribedPicture
from kineograph.data.pictures.clip import CLIP_AXES
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.records import write_records
from kineograph.decoding.sequence_beam import Said, SequenceBeam, beam_search
from kineograph.evaluation.captions.controls import constant_sentence, nearest_sentences
from kineograph.evaluation.captions.retrieval import retrieve
from kineograph.evaluation.job import Progress, write_json
from kineograph.evaluation.pictures.kind import Asked
from kineograph.report.captions.page import DESCRIBED
from kineograph.report.shown import write_shown
from kineograph.tasks.describe import captioner_speaker

BEAM = SequenceBeam(width=5, length_power=0.7, alternatives=3)
PICTURES_AT_ONCE = 64
SHOWN = 24  # pictures of the report, evenly chosen
ALONE = (
    "1 picture: a word's weight is how few pictures' sentences have it, so one picture alone gives "
    "no scores. Evaluate more, with --side all."
)
MOMENTS_SHOWN = 6  # of a clip among them


def ask_captions(asked: Asked) -> dict[str, Any]:
    """Write predictions.jsonl and controls.json; returns what it cost."""
    job, trained = asked.job, asked.trained
    records = [record for record in asked.records if record.picture in asked.cache]
    began = time.perf_counter()
    with job.stage("Describing", "pictures") as progress:
        said = describe_all(asked, records, lambda done: progress(done, len(records), ""))
    seconds = time.perf_counter() - began
    rows = [_row(trained, record, each) for record, each in zip(records, said, strict=True)]
    write_records(job.run / "predictions.jsonl", rows)
    some = rows[:: -(-len(rows) // SHOWN) or 1]
    write_shown(job.run, DESCRIBED, ((_strip(asked, row), _told(row)) for row in some))
    controls: dict[str, Any] = {
        "beam": {"width": BEAM.width, "length_power": BEAM.length_power},
        "side": asked.side,
        "shown": "picture" if job.recipe.data.frames == 1 else "clip",
    }
    if job.with_baselines and len(records) > 1:
        controls |= _controls(asked, records)
    if len(records) == 1:
        job.say(ALONE)
    write_json(job.run / "controls.json", controls)
    return {"seconds_per_picture": round(seconds / max(1, len(records)), 5)}


def _controls(asked: Asked, records: Sequence[DescribedPicture]) -> dict[str, Any]:
    """What is said of another picture, of all, and of the nearest one; which picture fits which."""
    job, trained = asked.job, asked.trained
    with job.stage("Controls", "pictures") as progress:
        turned = _dealt_wrong(records)
        wrong = describe_all(asked, turned, lambda done: progress(done, len(records), ""))
    found: dict[str, Any] = {"wrong_picture": [sentence_of(trained, each[0]) for each in wrong]}
    with job.stage("Retrieval", "pictures") as progress:
        found["retrieval"] = retrieve(asked, records, progress)
    if asked.learned:
        found["constant"] = constant_sentence(asked.learned)
        learned = [record for record in asked.learned if record.picture in asked.cache]
        with job.stage("Looking up", "pictures") as progress:
            features = features_of(asked, [*learned, *records], progress)
        found["nearest"] = nearest_sentences(
            features[: len(learned)],
            features[len(learned) :],
            [record.sentences[0] for record in learned],
        )
    return found


def _dealt_wrong(records: Sequence[DescribedPicture]) -> list[DescribedPicture]:
    """For each another one: all in a circle that chance draws, as neighbours may show the same."""
    circle = np.random.default_rng(0).permutation(len(records))
    after = dict(zip(circle.tolist(), np.roll(circle, -1).tolist(), strict=True))
    return [records[after[place]] for place in range(len(records))]


@torch.inference_mode()
def describe_all(
    asked: Asked, records: Sequence[DescribedPicture], progress: Callable[[int], None]
) -> list[list[Said]]:
    """The best sentences of each picture."""
    network, found = asked.trained.network, []
    for some in in_batches(records):
        memory = network.see(_pictures(asked, some))
        speaker = captioner_speaker(network, memory, asked.job.recipe.task.longest)
        found += beam_search(speaker, BEAM)
        progress(len(found))
    return found


@torch.inference_mode()
def features_of(
    asked: Asked, records: Sequence[DescribedPicture], progress: Progress
) -> NDArray[np.float32]:
    """(N, D): the mean of the encoder's features over each picture."""
    network, parts, done = asked.trained.network, [], 0
    for some in in_batches(records):
        parts.append(network.sight(_pictures(asked, some)).flatten(2).float().mean(2).cpu().numpy())
        done += len(some)
        progress(done, len(records), "")
    return np.concatenate(parts)


def sentence_of(trained: Any, said: Said) -> str:
    """Its words, with spaces between."""
    return " ".join(trained.vocabulary.decode(said.tokens))


def in_batches(records: Sequence[DescribedPicture]) -> Iterator[Sequence[DescribedPicture]]:
    """So many at once as fit."""
    for begin in range(0, len(records), PICTURES_AT_ONCE):
        yield records[begin : begin + PICTURES_AT_ONCE]


def _pictures(asked: Asked, records: Sequence[DescribedPicture]) -> Tensor:
    seen = picture_tensor([asked.cache[record.picture] for record in records])
    return seen.to(asked.job.device)


def _strip(asked: Asked, row: dict[str, Any]) -> NDArray[np.uint8]:
    """The picture that was described; of a clip some moments side by side."""
    seen = asked.cache[row["picture"]]
    if seen.ndim < CLIP_AXES:
        return seen
    return np.concatenate(list(seen[:: -(-len(seen) // MOMENTS_SHOWN)]), axis=1)


def _row(trained: Any, record: DescribedPicture, said: list[Said]) -> dict[str, Any]:
    return {
        "picture": record.picture,
        "sentence": sentence_of(trained, said[0]),
        "log_probability": round(said[0].log_probability, 4),
        "finished": said[0].finished,
        "alternatives": [
            {"sentence": sentence_of(trained, each), "log_probability": each.log_probability}
            for each in said[1:]
        ],
        "references": list(record.sentences),
    }


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """What the report says below a picture."""
    return {"id": row["picture"], "answer": row["sentence"], "truth": row["references"][0]}
