"""A trained hand asked about lines: how likely each is, and what it writes of the same texts."""

import json
from typing import Any

import numpy as np
import torch

from kineograph.data.batch import Pass
from kineograph.data.ink.batch import InkExamples
from kineograph.data.ink.known import KnownInk, in_units
from kineograph.data.ink.strokes import Offsets
from kineograph.evaluation.ink.job import InkExperiment, InkSides
from kineograph.evaluation.job import write_json
from kineograph.recipes.hand import TrainedHand
from kineograph.tasks.draw_ink import Row, draw_rows
from kineograph.whole_file import write_text_whole

WRITTEN = 6  # texts of the test side that are written for the report
BIASES = (0.0, 1.0)


def ask_side(job: InkExperiment, trained: TrainedHand, sides: InkSides, side: str) -> None:
    """predictions.jsonl: nats of every line, by the network and by one Gaussian without memory."""
    network, data = trained.network.to(job.device).eval(), sides.test
    nats: dict[str, tuple[float, int]] = {}
    with job.stage("Testing", "lines") as progress:
        for batch in data.batches(job.recipe.training.batch, Pass()):
            answers = job.recipe.task.answer(network, batch.to(job.device))
            nats |= {name: tuple(one) for name, one in zip(batch.ids, answers, strict=True)}
            progress(len(nats), len(data), "")
    control = _without_memory(sides.train if len(sides.train) else data)
    rows = []
    for line, points in zip(data.lines, data.points, strict=True):
        value, count = nats[line.id]
        row: dict[str, Any] = {"id": line.id, "text": line.text, "group": line.group, "split": side}
        row |= {"points": count, "nats": round(value, 4), "control": round(control(points), 4)}
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    write_text_whole(job.run / "predictions.jsonl", "".join(rows))


def write_samples(job: InkExperiment, trained: TrainedHand, data: InkExamples) -> None:
    """samples.json: some texts of the side as they were written and as the network writes them."""
    network, known = trained.network, trained.known
    places = np.linspace(0, len(data) - 1, min(WRITTEN, len(data))).astype(int)
    chosen = list(dict.fromkeys(places.tolist()))
    rows = [
        Row(known.alphabet.decode(data.targets[place]))
        if network.reads_text
        else Row("", points=len(data.points[place]))
        for place in chosen
    ]
    samples: list[dict[str, Any]] = [
        {
            "text": data.lines[place].text,
            "truth": _steps(data.points[place], known),
            "written": [],
        }
        for place in chosen
    ]
    for bias in BIASES:
        chance = torch.Generator(job.device).manual_seed(job.recipe.training.seed)
        drawn = draw_rows(network, known, rows, bias=bias, chance=chance)
        for sample, each in zip(samples, drawn, strict=True):
            found = {"bias": bias, "finished": each.finished}
            sample["written"].append(found | {"offsets": _steps(each.offsets, known)})
    write_json(job.run / "samples.json", samples)


def _steps(offsets: Offsets, known: KnownInk) -> list[list[float]]:
    """Steps in the ink's units, in few figures."""
    figures = 4 - int(np.floor(np.log10(max(known.deviation))))
    found: list[list[float]] = np.round(in_units(offsets, known).astype(float), figures).tolist()
    return found


def _without_memory(data: InkExamples) -> Any:
    """Nats of a line if every step is drawn of one Gaussian, and the pen of one chance."""
    every = np.concatenate([points[1:] for points in data.points]).astype(np.float64)
    mean, spread = every[:, :2].mean(0), np.cov(every[:, :2].T) + 1e-9 * np.eye(2)
    place = torch.distributions.MultivariateNormal(torch.tensor(mean), torch.tensor(spread))
    pen = torch.distributions.Bernoulli(torch.tensor(every[:, 2].mean()).clamp(1e-6, 1 - 1e-6))

    def nats(points: np.ndarray[Any, Any]) -> float:
        given = torch.from_numpy(points[1:]).double()
        return float(place.log_prob(given[:, :2]).sum() + pen.log_prob(given[:, 2]).sum())

    return nats
