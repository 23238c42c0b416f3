"""The run folder that most tests of this room begin with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.drawn_runs import draw_run


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """A function that draws a complete run folder; `answers` and `classes` may be given."""
    return lambda *given, **named: draw_run(tmp_path, *given, **named)
