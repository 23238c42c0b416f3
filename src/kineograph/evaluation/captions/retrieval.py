"""Does each picture find its sentence among many, and each sentence its picture?

A sentence fits a picture by how much likelier the network says it of this one than of the others on
average, so that sentences which are likely of any picture gain nothing by it.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from kineograph.data.captions.batch import CaptionExample, CaptionExamples, collate_captions
from kineograph.data.captions.described import DescribedPicture
from kineograph.data.words import PAD
from kineograph.evaluation.job import Progress
from kineograph.evaluation.pictures.kind import Asked
from kineograph.metrics.retrieval import score_retrieval
from kineograph.nets.models.captioner import rows_of

MOST_PICTURES = 200  # every sentence is asked of every picture
PICTURES_AT_ONCE = 4


def retrieve(
    asked: Asked, records: Sequence[DescribedPicture], progress: Progress
) -> dict[str, Any]:
    """Recall both ways, of the first pictures and the first sentence of each."""
    some = records[:: -(-len(records) // MOST_PICTURES)][:MOST_PICTURES]
    scores = likelihoods(asked, some, progress)
    found = score_retrieval(scores - scores.mean(0), np.arange(len(some)))
    return asdict(found)


@torch.inference_mode()
def likelihoods(
    asked: Asked, records: Sequence[DescribedPicture], progress: Progress
) -> NDArray[np.float64]:
    """(N, N): the log-probability of each one's first sentence, said of each picture."""
    trained, device = asked.trained, asked.job.device
    known = CaptionExamples(
        records, asked.cache, trained.vocabulary, longest=asked.job.recipe.data.longest
    )
    batch = collate_captions(
        [
            CaptionExample(each.id, asked.cache[each.picture], sentences[:1])
            for each, sentences in zip(known.described, known.sentences, strict=True)
        ]
    ).to(device)
    memory = trained.network.see(batch.pictures)
    every = batch.words.transpose(0, 1)  # (1, N, L): all sentences, of one picture
    rows = []
    for begin in range(0, len(records), PICTURES_AT_ONCE):
        numbers = torch.arange(begin, min(begin + PICTURES_AT_ONCE, len(records)), device=device)
        words = every.expand(len(numbers), -1, -1)
        seen = type(memory)(*rows_of(tuple(memory), numbers))
        outputs, _ = trained.network.walk(seen, words[..., :-1])
        to_say = words[..., 1:]
        places = to_say != PAD
        logs = torch.zeros(to_say.shape, device=device)
        logits = trained.network.say(outputs[places]).float()
        logs[places] = -F.cross_entropy(logits, to_say[places], reduction="none")
        rows.append(logs.sum(-1).double().cpu().numpy())
        progress(begin + len(numbers), len(records), "")
    return np.concatenate(rows)
