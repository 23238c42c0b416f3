"""Our reader of Fraktur beside Tesseract 5 on the same lines of archiscribe, works never seen.

    python benchmarks/reading.py --data DIR --json                 # the shipped lines-fraktur, test
    python benchmarks/reading.py --data DIR --side val --run runs/ocr-line-archiscribe

DIR is the corpus (lines.tar, lines.csv) or a folder prepared from it. Both sides read the same
files, decoding of the pictures counted in, one thread each, and both texts go through the same
policy. Tesseract gets 10 pixels of paper around each line, which helps it, and all lines in one
call, so that its models are loaded once; the time of a call with one line is taken off.
Debian: tesseract-ocr, tesseract-ocr-frk, tesseract-ocr-script-frak.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
import torch

from kineograph.data.lines.folder import LinesFolder
from kineograph.data.lines.line import Line
from kineograph.data.lines.picture import paper_grey
from kineograph.data.lines.split import split_lines
from kineograph.data.pictures.files import PictureFiles
from kineograph.data.prepare.archiscribe import prepare_archiscribe
from kineograph.data.text import POLICIES
from kineograph.decoding.ctc import prefix_beam
from kineograph.decoding.judges import Remembered
from kineograph.decoding.prefix_beam import Beam
from kineograph.export.lines import export_reader
from kineograph.export.lines_int8 import Grey, quantise_reader
from kineograph.metrics.text import cer_interval, score_by, score_text
from kineograph.predict.reader import Reader
from kineograph.recipes.reader import load_reader

POLICY = POLICIES["fraktur"]
PADDING_PIXELS = 10
LEARNED_EVERY = 25  # of the training lines: what ranges of 8 bits are learned from
ROUNDS = 3  # of ours: the median is told
TESSERACT = {
    "tesseract frk": "frk",
    "tesseract Fraktur": "Fraktur",
    "tesseract both": "frk+Fraktur",
}


def main() -> None:
    """Read, score, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", default="lines-fraktur", help="a run folder or shipped network")
    parser.add_argument("--side", choices=("val", "test"), default="test")
    parser.add_argument("--lines", type=int, default=None, help="so many only, for a quick look")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        prepared = folder_of(given.data, Path(folder))
        sides = split_lines(prepared.lines, "given").sides
        pictures = PictureFiles(prepared.source_root)
        lines = sides[given.side][: given.lines]
        files = written_lines(lines, pictures, Path(folder))
        learned = [pictures.grey(line.picture) for line in sides["train"][::LEARNED_EVERY]]
        truths, works = [POLICY(line.text) for line in lines], [line.group or "" for line in lines]
        found = {}
        for name, (texts, seconds) in (
            ours(given.run, files, learned, Path(folder)) | tesseract(files, Path(folder))
        ).items():
            found[name] = scored(truths, [POLICY(text) for text in texts], works, seconds)
            print_row(name, found[name], file=sys.stderr if given.json else sys.stdout)
        beam = beam_rate(given.run, files)
    print(f"beam by itself: {beam:.0f} lines/s", file=sys.stderr if given.json else sys.stdout)
    if given.json:
        about = {"side": given.side, "lines": len(lines), "policy": str(POLICY), "run": given.run}
        print(json.dumps(about | {"beam_lines_per_second": beam, "readers": found}))


def folder_of(data: Path, folder: Path) -> LinesFolder:
    """The corpus as prepared lines."""
    try:
        return LinesFolder(data)
    except ValueError:
        return prepare_archiscribe(data, folder / "prepared").data_folder


def written_lines(lines: Sequence[Line], pictures: PictureFiles, folder: Path) -> list[Path]:
    """A file for each line with the picture as the corpus has it."""
    files = []
    for number, line in enumerate(lines):
        files.append(folder / f"{number:05}.png")
        cv2.imwrite(str(files[-1]), pictures.grey(line.picture))
    return files


def ours(
    run: str, files: Sequence[Path], learned: Sequence[Grey], folder: Path
) -> dict[str, tuple[list[str], float]]:
    """Texts and seconds: greedy and with the language model, as exported and with torch."""
    trained = load_reader(run)
    export_reader(trained, folder)
    exported = folder / "lines.onnx"
    in_8_bits = folder / "int8"
    in_8_bits.mkdir()
    shutil.copy(exported, in_8_bits)
    quantise_reader(in_8_bits, learned, trained.network.height_pixels)
    small = in_8_bits / "lines.onnx"
    readers = {
        "ours, best path": Reader.load(run, language="none", onnx=exported),
        "ours, best path, 8 bits": Reader.load(run, language="none", onnx=small),
    }
    if load_reader(run).language is not None:
        readers["ours, language model"] = Reader.load(run, onnx=exported)
    readers["ours, best path, torch"] = Reader.load(run, language="none")
    return {name: timed(lambda r=reader: read(r, files)) for name, reader in readers.items()}


def read(reader: Reader, files: Sequence[Path]) -> list[str]:
    """From files to texts."""
    pictures = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in files]
    return [reading.text for reading in reader.read(pictures)]


def timed(call: Callable[[], list[str]]) -> tuple[list[str], float]:
    """Texts, and the median seconds of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        texts = call()
        seconds.append(time.perf_counter() - began)
    return texts, float(np.median(seconds))


def beam_rate(run: str, files: Sequence[Path]) -> float:
    """Lines a second of the beam with the language model alone, probabilities ready."""
    reader, trained = Reader.load(run), load_reader(run)
    language = trained.language
    if language is None or trained.decoding is None:
        return float("nan")
    pictures = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in files]
    lines = [line for p in pictures for line in reader.log_probabilities([p])]
    judge, beam = Remembered(language), Beam(trained.decoding.width)
    prefix_beam(lines[:16], beam, [judge])
    began = time.perf_counter()
    prefix_beam(lines, beam, [judge])
    return len(lines) / (time.perf_counter() - began)


def tesseract(files: Sequence[Path], folder: Path) -> dict[str, tuple[list[str], float]]:
    """Texts and seconds of each model and of both; nothing where it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        print("tesseract is not installed: ours alone", file=sys.stderr)
        return {}
    padded = []
    for path in files:
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        around, grey = (PADDING_PIXELS,) * 4, paper_grey(picture)
        padded.append(path.with_suffix(".pad.png"))
        cv2.imwrite(
            str(padded[-1]),
            cv2.copyMakeBorder(picture, *around, cv2.BORDER_CONSTANT, value=grey),
        )
    found = {}
    for name, model in TESSERACT.items():
        _, start = call_tesseract(program, padded[:1], model, folder)
        texts, seconds = call_tesseract(program, padded, model, folder)
        found[name] = texts, (seconds - start) * len(padded) / max(1, len(padded) - 1)
    return found


def call_tesseract(
    program: str, files: Sequence[Path], model: str, folder: Path
) -> tuple[list[str], float]:
    """One call for all lines; each line's text, and the seconds of the call."""
    (folder / "list.txt").write_text("".join(f"{path}\n" for path in files))
    command = [program, "list.txt", "stdout", "-l", model, "--psm", "7"]
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - began
    texts = done.stdout.split("\f")[: len(files)]
    return [" ".join(text.split()) for text in texts], seconds


def scored(
    truths: Sequence[str], texts: Sequence[str], works: Sequence[str], seconds: float
) -> dict[str, Any]:
    """Pooled rates, the interval by work, each work, and the rate of reading."""
    score = score_text(truths, texts)
    by_work = score_by(truths, texts, works)
    interval = cer_interval(truths, texts, works)
    return {
        "cer": score.cer,
        "interval": (interval.low, interval.high) if interval else None,
        "wer": score.wer,
        "exact": score.exact / score.lines,
        "lines_per_second": len(truths) / seconds,
        "by_work": {work: each.cer for work, each in by_work.items()},
    }


def print_row(name: str, found: dict[str, Any], file: Any) -> None:
    """One line for a reader."""
    low, high = found["interval"] or (float("nan"),) * 2
    print(
        f"{name:<24} CER {100 * found['cer']:5.2f} % ({100 * low:.2f}–{100 * high:.2f}) "
        f"WER {100 * found['wer']:5.2f} %  exact {100 * found['exact']:4.1f} %  "
        f"{found['lines_per_second']:6.1f} lines/s",
        file=file,
        flush=True,
    )


if __name__ == "__main__":
    main()
