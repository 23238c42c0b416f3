"""Bits per character of real lines: what docs/results.md prints is what the code gives."""

import csv
import re
import tarfile
import unicodedata
from pathlib import Path

import pytest

from kineograph.decoding.ngram import bits_per_character
from kineograph.decoding.ngram_file import from_bytes, to_bytes
from kineograph.decoding.ngram_learn import learn_ngram

PAGE = Path(__file__).parents[2] / "docs" / "results.md"
ROW = re.compile(r"^\| (\d) \| ([\d.]+) \| ([\d.]+) \| ([\d,]+) \| (\d+) kB \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def lines() -> dict[str, list[str]]:
    """Texts of Archiscribe's lines by side; works never stand on two."""
    import os

    folder = Path(os.environ.get("KINEOGRAPH_DATA", "")) / "archiscribe_48"
    if not (folder / "lines.tar").is_file():
        pytest.skip("KINEOGRAPH_DATA has no archiscribe_48/lines.tar")
    with (folder / "lines.csv").open(encoding="utf-8", newline="") as file:
        side_of = {row["file"].removesuffix(".png"): row["split"] for row in csv.DictReader(file)}
    found: dict[str, list[str]] = {"train": [], "val": [], "test": []}
    with tarfile.open(folder / "lines.tar") as archive:
        for member in archive:
            if member.name.endswith(".gt.txt"):
                text = archive.extractfile(member).read().decode("utf-8")
                side = side_of[member.name.removesuffix(".gt.txt")]
                found[side].append(unicodedata.normalize("NFC", text.strip()))
    return found


@pytest.mark.parametrize("order", range(2, 9))
def test_the_table_in_results_is_what_the_code_gives(lines, order):
    section = PAGE.read_text(encoding="utf-8").split("## Character models")[1].split("\n## ")[0]
    row = {int(found[1]): found for found in ROW.finditer(section)}[order]
    models = [learn_ngram(lines["train"], order, smoothing) for smoothing in ("kn", "wb")]
    bits = [bits_per_character(model, lines["val"]) for model in models]
    assert bits == pytest.approx([float(row[2]), float(row[3])], abs=6e-4)
    content = to_bytes(models[0])
    assert len(models[0]) == int(row[4].replace(",", ""))
    assert len(content) / 1000 == pytest.approx(int(row[5]), rel=0.02) and len(content) < 1_000_000
    assert bits_per_character(from_bytes(content), lines["val"]) == pytest.approx(bits[0], abs=1e-3)
