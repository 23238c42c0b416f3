"""The reader's run folder that most tests of this room begin with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.lines.drawn_reader import draw_reader_run


@pytest.fixture
def make_reader_run(tmp_path: Path) -> Callable[..., Path]:
    """A function that draws a complete run folder; `answers` and `policy` may be given."""
    return lambda *given, **named: draw_reader_run(tmp_path, *given, **named)
