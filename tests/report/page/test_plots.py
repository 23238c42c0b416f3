"""Every plot is one well-formed <svg> that holds its names, whatever the names are."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest

from kineograph.metrics.curves import calibration, cmc, precision_recall, roc
from kineograph.report.page import curve_plots, plots
from kineograph.report.page.drawing import VARIABLES, shorten, shorten_all, text_width

NAMES = ["<script>", "$x$ & 'y'", "_hidden", "走路", 'ходьба "тихо"']
RNG = np.random.default_rng(0)
TRUTHS = [NAMES[place] for place in RNG.integers(5, size=60)]
SHARES = RNG.dirichlet(np.ones(5), size=60)
STRIP = ("clip<1>", ["走路", "走路", "_hidden"], ["走路", "_hidden", "_hidden"], 2.0)

DRAWN: dict[str, Callable[[], str]] = {
    "loss": lambda: plots.training_curve(
        "Loss", {"training": [(1, 2.0), (2, 1.0)], "validation": [(1, 2.1), (2, 1.1)]}, best_epoch=2
    ),
    "one epoch": lambda: plots.training_curve("Accuracy", {"training": [(1, 0.5)]}, shares=True),
    "confusion": lambda: plots.confusion_matrix(RNG.integers(9, size=(5, 5)), NAMES),
    "two classes": lambda: plots.confusion_matrix(np.array([[5, 0], [2, 3]]), NAMES[:2]),
    "roc": lambda: curve_plots.roc_curves(roc(TRUTHS, SHARES, NAMES)),
    "precision-recall": lambda: curve_plots.precision_recall_curves(
        precision_recall(TRUTHS, SHARES, NAMES)
    ),
    "cmc": lambda: curve_plots.cmc_curve(cmc(TRUTHS, SHARES, NAMES)),
    "calibration": lambda: curve_plots.calibration_diagram(calibration(TRUTHS, SHARES, NAMES)),
    "bars": lambda: plots.bars(
        [("this network", 0.7, (0.6, 0.8)), ("majority", 0.2, None)], "accuracy"
    ),
    "groups": lambda: plots.group_dots([(name, 0.5, 9) for name in NAMES], 0.5, "by person"),
    "timelines": lambda: plots.timelines([STRIP], NAMES),
}
WITH_CLASSES = ("confusion", "roc", "precision-recall", "groups", "timelines")


def words(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_is_one_svg_in_the_colours_of_the_page(name: str):
    svg = DRAWN[name]()
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg") and root.get("role") == "img" and root.get("aria-label")
    assert root.get("width") is None and root.get("viewBox")
    assert not any(colour in svg for colour in VARIABLES)
    assert "<style" not in svg and "font-family" not in svg and "var(--" in svg


@pytest.mark.parametrize("name", WITH_CLASSES)
def test_class_names_stand_as_they_were_given(name: str):
    found = " ".join(words(DRAWN[name]()))
    for label in NAMES:
        assert label in found


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_figures_draw_the_same_plot(name: str):
    global RNG
    RNG = np.random.default_rng(1)
    first = DRAWN[name]()
    RNG = np.random.default_rng(1)
    assert DRAWN[name]() == first


def test_ids_of_two_plots_never_meet():
    one, other = (set(re.findall(r'\bid="([^"]*)"', DRAWN[name]())) for name in ("roc", "cmc"))
    assert one and other and not one & other


def test_counts_are_printed_and_an_absent_class_is_said():
    found = words(plots.confusion_matrix(np.array([[17, 3], [0, 0]]), ["walk", "run"]))
    assert {"17", "3", "walk", "run", "not in the truth"} <= set(found)


def test_so_many_classes_keep_their_matrix_but_not_their_counts():
    labels = [f"activity {number:02d}" for number in range(40)]
    found = words(plots.confusion_matrix(np.eye(40, dtype=np.int64) * 777, labels))
    assert "777" not in found and "activity 00" in found


def test_of_many_classes_the_lowest_curves_are_named():
    labels = [f"class{number}" for number in range(12)]
    truths = labels * 5
    shares = np.random.default_rng(0).dirichlet(np.ones(12), size=60)
    found = " ".join(words(curve_plots.roc_curves(roc(truths, shares, labels))))
    lowest = sorted(roc(truths, shares, labels).classes, key=lambda curve: curve.area)[0]
    assert f"{lowest.label} {lowest.area:.3f}" in found
    assert len(re.findall(r"class\d+ 0", found)) == 3


def test_shortened_names_stay_apart():
    assert shorten("walking") == "walking"
    assert shorten("a person sits down on a chair", 11) == "a per…chair"
    cut = shorten_all([f"a person walks {number} metres away" for number in range(12)], 12)
    assert len(set(cut)) == 12 and all(len(label) <= 12 for label in cut)


def test_east_asian_signs_are_wide():
    assert text_width("走路", 10) == 20 and text_width("ab", 10) < 12
