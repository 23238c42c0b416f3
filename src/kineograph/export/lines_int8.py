"""A reader's lines.onnx with its convolutions in 8 bits: about 1.4 times as fast on one core.

The range of what flows between them is learned from some lines (static quantisation); weights have
a scale for each filter. The recurrences stay in floats: what ONNX Runtime's own LSTM in 8
bits read was nonsense.
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from kineograph.data.lines.batch import LineExample, collate_lines
from kineograph.data.lines.picture import scale_line
from kineograph.errors import InputError
from kineograph.export.lines import FILE
from kineograph.export.onnx import milliseconds
from kineograph.export.run import OnnxFile
from kineograph.metrics.text import score_text
from kineograph.tasks.read_lines import best_texts
from kineograph.whole_file import write_bytes_whole, write_text_whole

LEARNED_FROM = 64  # lines
MOST_CHANGED = 0.01  # of the characters: beyond, the ranges do not fit and the file is not kept

Grey = NDArray[np.uint8]


def quantise_reader(folder: Path, pictures: Sequence[Grey], height_pixels: int) -> dict[str, Any]:
    """Put lines.onnx of `folder` into 8 bits; returns what was checked, as export.json says it.

    pictures: lines (H, W) uint8 grey, dark on light, as the reader will meet them. Raises
    InputError if more than a character in a hundred of them is read otherwise: the file then stays
    as it was.
    """
    if not pictures:
        raise InputError(
            "--int8: there are no lines to learn the ranges from. Give a folder of some."
        )
    path = folder / FILE
    chosen = [pictures[place] for place in _spread(len(pictures))]
    batches = [_inputs(picture, height_pixels) for picture in chosen]
    with TemporaryDirectory(prefix="kineograph-") as place:
        small = _quantised(path, batches, Path(place))
        before, after = OnnxFile(path), OnnxFile(small)
        changed = _changed(before, after, batches)
        if changed > MOST_CHANGED:
            raise InputError(
                f"{path}: in 8 bits {changed:.1%} of the characters of these lines are read "
                f"otherwise, and {MOST_CHANGED:.0%} is allowed. Give lines like those to be read, "
                "or leave --int8 out."
            )
        given = max(batches, key=lambda each: each["lines"].shape[-1])
        found = {
            "file": path.name,
            "bits": 8,
            "learned_from_lines": len(batches),
            "characters_changed": round(changed, 5),
            "floats_milliseconds": milliseconds(lambda: before(**given)),
            "onnx_milliseconds": milliseconds(lambda: after(**given)),
        }
        write_bytes_whole(path, small.read_bytes())
    write_text_whole(folder / "export.json", json.dumps({"lines": found}, indent=2) + "\n")
    return found


def _spread(count: int) -> list[int]:
    """Places all over a list, as many as are learned from."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, LEARNED_FROM))})


def _inputs(picture: Grey, height_pixels: int) -> dict[str, NDArray[Any]]:
    batch = collate_lines([LineExample("", scale_line(picture, height_pixels), [])])
    return {"lines": batch.lines.numpy(), "widths": batch.widths.numpy()}


def _quantised(path: Path, batches: list[dict[str, NDArray[Any]]], place: Path) -> Path:
    """A copy in 8 bits, with what the file says of itself."""
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

    class Lines(
        CalibrationDataReader
    ):  # what the quantiser asks for: one after the other, then None
        def __init__(self) -> None:
            self.left = iter(batches)

        def get_next(self) -> dict[str, NDArray[Any]] | None:
            return next(self.left, None)

    folded, small = place / "folded.onnx", place / "small.onnx"
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Norms become part of the convolutions before them, so that both go into 8 bits together.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(folded)
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    logging.disable(logging.WARNING)  # it advises to fold constants, which is done
    try:
        quantize_static(
            str(folded),
            str(small),
            Lines(),
            op_types_to_quantize=["Conv"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.disable(logging.NOTSET)
    model, known = onnx.load(str(small)), onnx.load(str(path)).metadata_props
    said = {each.key for each in model.metadata_props}
    for each in known:
        if each.key not in said:
            model.metadata_props.add(key=each.key, value=each.value)
    small.write_bytes(model.SerializeToString())
    return small


def _changed(before: OnnxFile, after: OnnxFile, batches: list[dict[str, NDArray[Any]]]) -> float:
    """Character error rate of the one against the other, by the best path."""

    def read(file: OnnxFile) -> list[str]:
        found = [file(**batch) for batch in batches]
        texts = [
            best_texts(torch.from_numpy(each["logits"]), torch.from_numpy(each["lengths"]))[0]
            for each in found
        ]
        return ["".join(map(chr, text)) for text in texts]

    return score_text(read(before), read(after)).cer or 0.0
