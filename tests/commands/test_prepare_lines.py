import json

import pytest
from typer.testing import CliRunner

from kineograph.data.dataset_folder import DataFolder
from kineograph.errors import InputError
from tests.data.lines.drawn import save_line


def run(*words):
    from kineograph.commands import app

    return CliRunner().invoke(app, ["prepare", *map(str, words)])


@pytest.fixture
def source(tmp_path):
    for work in ("faust", "tasso", "werther"):
        for number in range(3):
            text = "Habe nun" if work != "werther" or number else "Habe nun ß"
            save_line(tmp_path / "src" / work, str(number), text, seed=number)
    return tmp_path / "src"


def test_lines_are_told_with_sides_and_alphabet(source, tmp_path):
    done = run("lines", source, tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["lines"] == 9 and told["groups"] == 3 and told["left_out"] == []
    assert sum(told["sides"].values()) == 9 and min(told["sides"].values()) == 3
    assert told["characters"] == len(set("Habe nun ß"))


def test_what_was_left_out_is_told_and_makes_the_status_1(source, tmp_path):
    (source / "faust" / "0.gt.txt").unlink()
    done = run("lines", source, tmp_path / "out")
    assert done.exit_code == 1
    assert "left out: faust/0.png: there is no 0.gt.txt. Add its text." in done.output
    assert "8 lines of 3 groups" in done.output


@pytest.mark.parametrize("flag", ["--neutral", "--flow"])
def test_what_is_of_clips_alone_is_refused(source, tmp_path, flag):
    done = run("lines", source, tmp_path / "out", flag)
    assert isinstance(done.exception, InputError)
    assert f"{flag}: lines makes lines of text, not clips. Leave it out." in str(done.exception)


def test_options_go_to_the_kind(tmp_path):
    done = run("cursive", "built-in", tmp_path / "out", "--option", "count=4", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.splitlines()[-1])["lines"] == 4
    with pytest.raises(InputError, match="holds lines of text"):
        DataFolder(tmp_path / "out")
