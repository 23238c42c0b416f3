"""Whatever is killed while events happen: nothing is lost, nothing twice, the journal holds."""

import pytest

from tests.live.killing import kill_at_random

ROUNDS = 5  # 100 in benchmarks/kill_watch.py


@pytest.mark.live
@pytest.mark.slow
def test_camera_receiver_and_program_are_killed_at_random(tmp_path):
    found = kill_at_random(tmp_path / "room", ROUNDS, seed=0)
    assert not found.wrong
    assert found.rounds == ROUNDS and found.verified == ROUNDS + 1
    assert min(found.kills[name] for name in ("camera", "receiver", "program")) >= 1
    assert found.begun >= ROUNDS and found.watched >= 1  # else this proves nothing
