"""What the state says of itself."""

from dataclasses import replace

import numpy as np
import pytest

from kineograph.live.state import REMEMBERED, Delays
from tests.live.states import CALM, EVIDENCE, camera, sink, watching


@pytest.mark.parametrize(
    ("state", "well"),
    [("up", True), ("ended", True), ("connecting", False), ("away", False), ("frozen", False)],
)
def test_a_camera_is_well_while_its_pictures_come_or_came_to_their_end(state, well):
    assert camera("hall", state, CALM).well is well
    assert watching(camera("a", "up", CALM), camera("hall", state, CALM)).well is well


def test_a_full_disk_is_not_well_and_a_slow_sink_is_none_of_it():
    state = watching(camera("hall", "up", CALM), sinks=[sink(waiting=9, dead=9)])
    assert state.well
    assert not replace(state, evidence=replace(EVIDENCE, entries_waiting=1)).well


def test_delays_are_of_the_newest_answers():
    delays = Delays()
    assert delays.shares((0.5, 0.99)) is None
    for _ in range(50):
        delays.add(1000.0)
    newest = np.random.default_rng(0).exponential(0.05, REMEMBERED)
    for seconds in newest:
        delays.add(float(seconds))
    assert delays.shares((0.5, 0.99)) == pytest.approx(np.quantile(newest, (0.5, 0.99)))
