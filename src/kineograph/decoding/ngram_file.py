"""A model in a file: ARPA, or a compact form of flat arrays for shipping.

The compact form is a NumPy archive (.npz, no pickle), whose suffix is `.lm`. An n-gram costs a
token, how many children it has, and its two logarithms in 16 bits each: linear between the greatest
and the least, so that none is off by more than their distance / 131,070 (about 0.0001). Parents are
not written: the tree is in order. The same model gives the same bytes.
"""

import io
import json
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kineograph.decoding.arpa import read_arpa, write_arpa
from kineograph.decoding.ngram import BEGIN_TOKEN, NEVER, NGram
from kineograph.errors import InputError
from kineograph.whole_file import write_bytes_whole

FORMAT = "kineograph character n-grams 1"
STEPS = 65535
NO_DATE = (1980, 1, 1, 0, 0, 0)
WRITERS = (".lm", ".arpa")


def write_ngram(path: Path, model: NGram) -> None:
    """Write by suffix, .lm or .arpa. Raises InputError for another one, and OSError."""
    check_suffix(path)
    if path.suffix == ".arpa":
        write_arpa(path, model)
    else:
        write_bytes_whole(path, to_bytes(model))


def check_suffix(path: Path) -> None:
    """Refuse a name that tells no form of file."""
    if path.suffix not in WRITERS:
        raise InputError(f"{path}: '{path.suffix}' is no form of a model. Write .lm or .arpa.")


def read_ngram(path: Path) -> NGram:
    """Read either form, told apart by what is in the file. Raises InputError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Check the name.") from error
    return from_bytes(content, str(path)) if content[:2] == b"PK" else read_arpa(path)


def to_bytes(model: NGram) -> bytes:
    """The compact form."""
    about = {"format": FORMAT, "characters": model.characters, "sizes": model.sizes}
    logs, least = _quantised(np.where(_begin_of(model), 0.0, model.log_probabilities)[1:])
    inner = model.level_ends[-2]  # the longest n-grams have neither children nor a weight
    weights, least_weight = _quantised(model.log_backoffs[1:inner])
    arrays = {
        "about": np.frombuffer(json.dumps(about, ensure_ascii=False).encode("utf-8"), np.uint8),
        "tokens": _narrow(model.tokens[1:]),
        "children": _narrow(np.diff(model.first_child)[:inner]),
        "logs": logs,
        "weights": weights,
        "ranges": np.array([*least, *least_weight]),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", NO_DATE), one.getvalue(), 8, 9)
    return file.getvalue()


def from_bytes(content: bytes, name: str = "the model") -> NGram:
    """The model back; `name` is what an error calls it. Raises InputError."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
        about = json.loads(arrays["about"].tobytes().decode("utf-8"))
        if about["format"] != FORMAT:
            raise InputError(
                f"{name}: its form is '{about['format']}', and this version reads '{FORMAT}'. "
                "Build it again with `kineograph lm`."
            )
        return _rebuilt(arrays, about)
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, OSError, EOFError) as error:
        raise _broken(name) from error
    except (zipfile.BadZipFile, zlib.error, RuntimeError, AttributeError) as error:
        raise _broken(name) from error


def _broken(name: str) -> InputError:
    return InputError(
        f"{name}: not a whole model as `kineograph lm` writes it. Copy it again, or build it again."
    )


def _rebuilt(arrays: dict[str, NDArray[np.generic]], about: dict[str, list[str]]) -> NGram:
    tokens, children = arrays["tokens"].astype(np.int64), arrays["children"].astype(np.int64)
    sizes = [int(size) for size in about["sizes"]]
    ends = np.cumsum([1, *sizes])
    groups = np.add.reduceat(children, ends[:-2]) if len(sizes) > 1 else np.zeros(0)
    if not np.array_equal([children[0], *groups], sizes) or tokens.max() >= sizes[0]:
        raise ValueError("levels do not fit together")
    parents = np.repeat(np.arange(len(children)), children)
    low, high, least, most = arrays["ranges"].astype(np.float64)
    logs = low + (high - low) * arrays["logs"].astype(np.float64) / STEPS
    logs[BEGIN_TOKEN] = NEVER
    weights = np.zeros(len(tokens))
    inner = len(children) - 1
    weights[:inner] = least + (most - least) * arrays["weights"].astype(np.float64) / STEPS
    weights[np.abs(weights) < (most - least) / STEPS] = 0.0  # what was exactly 0 stays so
    return NGram(about["characters"], sizes, parents, tokens, logs, weights)


def _begin_of(model: NGram) -> NDArray[np.bool_]:
    return np.arange(len(model.tokens)) == 1 + BEGIN_TOKEN


def _quantised(values: NDArray[np.floating]) -> tuple[NDArray[np.uint16], tuple[float, float]]:
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    low, high = min(low, 0.0), max(high, 0.0)
    scale = STEPS / (high - low) if high > low else 0.0
    return np.round((values.astype(np.float64) - low) * scale).astype(np.uint16), (low, high)


def _narrow(values: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
