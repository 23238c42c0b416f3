"""A trained reader as ONNX: any number of lines of any width, checked against torch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kineograph.errors import InputError
from kineograph.export.onnx import check_difference, milliseconds, write_onnx
from kineograph.export.run import OnnxFile
from kineograph.recipes.reader import TrainedReader
from kineograph.whole_file import write_text_whole

FILE = "lines.onnx"
TRACED = (3, 44)  # lines and pixels of the example; none becomes a constant, each column costs time
OTHERS = ((1, 900), (2, 133), (5, 61))  # what is compared
NARROWEST, WIDEST = 8, 1_000_000  # pixels


class _Lines(nn.Module):
    """lines (B, 1, H, W) uint8, widths (B,) int64 -> logits (B, T, V), lengths (B,)."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, lines: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        found: tuple[Tensor, Tensor] = self.network(lines, widths)
        return found


def export_reader(trained: TrainedReader, folder: Path | None = None) -> dict[str, Any]:
    """Write lines.onnx; returns what was checked. Raises InputError for a network that cannot."""
    folder = folder or trained.folder
    network = trained.network.to("cpu").eval()
    path = folder / FILE
    batch = torch.export.Dim("batch", min=1)
    width = torch.export.Dim("width", min=NARROWEST, max=WIDEST)
    shapes = ({0: batch, 3: width}, {0: batch})
    try:
        write_onnx(
            _Lines(network),
            _example(trained, *TRACED),
            ["lines", "widths"],
            ["logits", "lengths"],
            path,
            shapes,
            describe_reader(trained),
        )
    except (RuntimeError, torch.onnx.OnnxExporterError) as error:
        raise InputError(
            f"{trained.name}: its recurrence cannot be written with a free width "
            f"({str(error).splitlines()[0][:120]}). model.cell lstm and mingru with "
            "model.columns=fold can; others read with torch."
        ) from None
    report = {"lines": _checked(trained, network, path)}
    write_text_whole(folder / "export.json", json.dumps(report, indent=2) + "\n")
    return report


def describe_reader(trained: TrainedReader) -> dict[str, str]:
    """What whoever holds the file alone must know: the characters in order, the pictures."""
    return {
        "kineograph.recipe": trained.recipe.name,
        "kineograph.alphabet": json.dumps(trained.alphabet.characters, ensure_ascii=False),
        "kineograph.lines": f"grey uint8, dark on light, {trained.network.height_pixels} high; "
        "index 0 of the logits is CTC's blank",
        "kineograph.policy": str(trained.policy),
    }


def _example(trained: TrainedReader, count: int, width: int) -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(count)
    shape = (count, 1, trained.network.height_pixels, width)
    lines = torch.randint(0, 256, shape, dtype=torch.uint8, generator=chance)
    widths = torch.linspace(width, max(1, width // 3), count).long()
    return lines, widths


def _checked(trained: TrainedReader, network: Any, path: Path) -> dict[str, Any]:
    file, worst = OnnxFile(path), 0.0
    for count, width in OTHERS:
        lines, widths = _example(trained, count, width)
        found = file(lines=lines.numpy(), widths=widths.numpy())
        with torch.inference_mode():
            logits, lengths = network(lines, widths)
        if not np.array_equal(found["lengths"], lengths.numpy()):
            path.unlink(missing_ok=True)
            raise InputError(f"{path}: its lines have other lengths than torch's. Not kept.")
        for ours, theirs, length in zip(logits, found["logits"], lengths.tolist(), strict=True):
            worst = max(worst, check_difference(ours[:length], theirs[:length], path))
    lines, widths = _example(trained, *OTHERS[0])
    with torch.inference_mode():
        torch_ms = milliseconds(lambda: network(lines, widths))
    given = {"lines": lines.numpy(), "widths": widths.numpy()}
    return {
        "file": path.name,
        "largest_difference": worst,
        "torch_milliseconds": torch_ms,
        "onnx_milliseconds": milliseconds(lambda: file(**given)),
    }
