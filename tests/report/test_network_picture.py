"""A network's figure: every layer is a box once, branches and streams stand side by side."""

import re
from xml.sax.saxutils import unescape

import pytest

from kineograph.nets.layer_table import layer_table
from kineograph.recipes import RECIPES, find_recipe
from kineograph.report.network_picture import columns_of, draw_network


def rows_of(name):
    recipe = find_recipe(name)
    network = recipe.model.build(6, recipe.data.size_pixels, recipe.data.inputs)
    return layer_table(network, recipe.data.frames_per_clip)


def test_streams_and_branches_by_hand():
    columns, joined = columns_of(rows_of("pconvlstm-small")[:-1])
    assert [column.name for column in columns] == ["rgb", "motion"] and joined == []
    assert [len(stage) for stage in columns[0].stages] == [1] * 5 + [3, 1, 2] + [1] * 4
    pyramid, memory = (columns[0].stages[place] for place in (5, 7))
    assert [lane[0].name[-1] for lane in pyramid] == ["1", "2", "4"], "dilations"
    assert [len(lane) for lane in memory] == [2, 2], "two ConvLSTMs of two layers"
    assert columns[0].lanes == 3 and columns[0].rows == 5 + 1 + 1 + 2 + 4


def test_a_network_without_branches_is_one_column():
    rows = rows_of("lrcn-kth")
    (column,), joined = columns_of(rows[:-1])
    assert column.name == "" and column.lanes == 1 and joined == []
    assert [lane[0] for (lane,) in column.stages] == rows[:-1]


@pytest.mark.parametrize("name", ["lrcn-kth", "two-stream-lrcn", "pconvlstm-small", "writing-gru"])
def test_every_layer_is_drawn_once_with_what_leaves_it(name):
    rows = rows_of(name)
    text = draw_network(rows, name).decode()
    said = [unescape(each) for each in re.findall(r"<text[^>]*>(.*?)</text>", text)]
    streams = {row.stream for row in rows if row.stream}
    for row in rows[:-1]:
        drawn = row.name.replace("convolution ", "conv ")
        same = [r for r in rows[:-1] if r.name == row.name]
        assert said.count(drawn) == len(same), drawn
        assert any(" × ".join(map(str, row.shape)) in each for each in said)
    assert f"{rows[-1].weights:,} weights" in said
    assert ("mean of the streams' answers" in said) == (len(streams) > 1)


def test_png_is_a_picture_of_every_recipe():
    for name in ("actors", "writing-frame"):
        assert name in RECIPES
        assert draw_network(rows_of(name), name, "png").startswith(b"\x89PNG")
