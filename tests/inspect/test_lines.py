"""Spikes of a drawn line, by a shipped reader: each stands where its character was seen."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from kineograph.errors import InputError
from kineograph.inspect.inspected import Wish
from kineograph.inspect.kinds import INSPECTED
from kineograph.inspect.spikes import Spikes, spikes_of, spikes_plot


@pytest.fixture(scope="module")
def inspector():
    return INSPECTED["lines"].open("lines-latin-cyrillic", Wish())


def test_the_spikes_spell_what_was_read(inspector, tmp_path):
    font = ImageFont.truetype(str(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), 32)
    line = Image.new("L", (330, 48), 245)
    ImageDraw.Draw(line).text((8, 4), "still pictures", fill=20, font=font)
    line.save(tmp_path / "line.png")
    found = inspector.look(tmp_path / "line.png", lambda done, total, note: None)
    (row,) = found.numbers["lines"]
    spikes = row["spikes"]
    spelled = "".join(spike["text"] for spike in spikes)
    assert row["text"] == spelled and spelled.strip() == "still pictures"
    places = [spike["peak_column"] for spike in spikes]
    assert places == sorted(places) and places[-1] < row["columns"]
    for spike in spikes:
        assert spike["first_column"] <= spike["peak_column"] < spike["end_column"]
        assert 0 < spike["probability"] <= 1
    assert row["columns"] * row["pixels_per_column"] == pytest.approx(330, rel=0.05)
    assert "Read as: still pictures" in found.blocks[0].caption


def test_a_page_without_a_line_is_told(inspector, tmp_path):
    Image.new("L", (300, 300), 255).save(tmp_path / "white.png")
    with pytest.raises(InputError, match="no line of text was found"):
        inspector.look(tmp_path / "white.png", lambda done, total, note: None)


def test_what_was_likely_and_not_read_is_drawn_apart():
    table = np.zeros((6, 4))
    table[:, 0] = 1
    table[1] = (0.1, 0.6, 0.3, 0)  # read, and one that was nearly read
    table[4] = (0.05, 0.9, 0, 0.05)  # read again; the other is not likely enough
    spikes = Spikes(table, ["", "a", "o", "<b>"], ((1, 1, 2), (1, 4, 5)))
    found = [(each.index, each.peak, each.is_read) for each in spikes_of(spikes)]
    assert found == [(1, 1, True), (1, 4, True), (2, 1, False)]
    svg = spikes_plot(np.full((20, 60), 200, np.uint8), spikes, "drawn")
    assert svg.startswith("<svg") and "2 characters: aa" in svg
