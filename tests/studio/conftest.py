"""One drawn video and an open project on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kineograph.studio.project import Project
from tests.studio.drawn_room import draw_room


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_room(tmp_path_factory.mktemp("room") / "room.mp4", seconds=2.0)


@pytest.fixture
def project(tmp_path: Path, room: Path) -> Iterator[Project]:
    opened = Project(tmp_path / "marks", [room])
    yield opened
    opened.close()
