"""Line readers as ONNX: one file for any number of lines of any width, equal to torch.

LSTM over folded columns and minGRU; of others torch's exporter makes as many steps as its example
has.
"""

import logging
import warnings
from contextlib import redirect_stdout
from io import StringIO

import onnxruntime
import pytest
import torch

from kineograph.nets.models.line_reader import LineReaderConfig

ALPHABET, HEIGHT = 6, 8
TINY = {
    "filters": (3, 4),
    "convolutions": (1, 1),
    "height_pools": (2, 2),
    "width_pools": (2, 2),
    "units": 4,
}
CONFIGS = {"lstm": {}, "mingru": {"cell": "mingru", "layers": 1}}


def exported(network: torch.nn.Module) -> onnxruntime.InferenceSession:
    lines = torch.randint(0, 256, (3, 1, HEIGHT, 21), dtype=torch.uint8)
    # torch.export reasons about two columns or more; the file reads a single one as well.
    two_columns = round(1 / network.columns_per_pixel) + 1
    batch = torch.export.Dim("batch", min=1)
    width = torch.export.Dim("width", min=two_columns)
    with warnings.catch_warnings(), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program = torch.onnx.export(
            network, (lines, torch.tensor([21, 1, 10])), dynamo=True, verbose=False,
            input_names=["lines", "widths"], output_names=["logits", "lengths"],
            dynamic_shapes=({0: batch, 3: width}, {0: batch}),
        )  # fmt: skip
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(program.model_proto.SerializeToString(), options)


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFIGS)
def test_any_number_of_lines_of_any_width_read_as_in_torch(name):
    torch.manual_seed(0)
    network = LineReaderConfig(**{**TINY, **CONFIGS[name]}).build(ALPHABET, HEIGHT).eval()
    session = exported(network)
    for widths in ([21, 1, 10], [1], [64, 33], [7, 7, 2, 5]):
        size = (len(widths), 1, HEIGHT, max(widths))
        lines, told = torch.randint(0, 256, size, dtype=torch.uint8), torch.tensor(widths)
        found, lengths = session.run(None, {"lines": lines.numpy(), "widths": told.numpy()})
        with torch.inference_mode():
            expected, ours = network(lines, told)
        torch.testing.assert_close(torch.from_numpy(found), expected, rtol=0, atol=1e-5)
        assert lengths.tolist() == ours.tolist()
