"""Stand-ins of known data sets: the owners' names, and one short drawn clip for all of them."""

import shutil

import pytest


@pytest.fixture(scope="session")
def one_clip(tmp_path_factory, draw):
    """A second of video at 25 frames a second."""
    return draw.video(tmp_path_factory.mktemp("one") / "clip.avi", draw.noise(25))


@pytest.fixture
def lay(tmp_path, one_clip):
    """Put copies of the clip under tmp_path / "src"."""

    def lay(*names):
        source = tmp_path / "src"
        source.mkdir(exist_ok=True)
        for name in names:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(one_clip, source / name)
        return source

    return lay


@pytest.fixture
def write(tmp_path):
    """Write lines into a file under tmp_path / "src"."""

    def write(name, *lines):
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write
