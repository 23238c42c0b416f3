import json
import sys

import pytest

from kineograph.__main__ import main
from kineograph.commands.prepare import _options, _taken
from kineograph.data.prepare import PREPARE
from kineograph.errors import InputError


def test_options_reach_the_way_of_preparing_and_its_notes_are_told(
    lay, tmp_path, capsys, monkeypatch
):
    source = lay("person01_boxing_d1_uncomp.avi", "person11_walking_d2_uncomp.avi")
    words = ["prepare", "kth", str(source), str(tmp_path / "out"), "--option", "clips=whole"]
    monkeypatch.setattr(sys, "argv", ["kineograph", *words, "--json"])
    status = main()
    told = capsys.readouterr()
    found = json.loads(told.out.strip().splitlines()[-1])
    assert not status and found["clips"] == 2
    assert "as asked" in found["notes"] and found["notes"] in told.err + told.out


@pytest.mark.parametrize(
    ("kind", "pairs", "words"),
    [
        ("ucf101", ["lst=2"], r"--option lst=2: ucf101 has list\. Did you mean 'list'\?"),
        ("ntu-rgbd", ["zzz=2"], r"ntu-rgbd has protocol, modality, classes\. Leave it out\."),
        ("ut-interaction", ["list=2"], r"ut-interaction has no options\. Leave it out\."),
        ("ucf101", ["list"], r"--option list: it says no value\. Write list=VALUE\."),
        ("ucf101", ["list=1", "list=2"], r"--option list=2: list is given twice\. Keep one"),
        ("csv", ["columns=a"], r"--option columns=a: csv has root\. Leave it out\."),
        ("kth", ["overwrite=1"], r"kth has clips\. "),
    ],
)
def test_an_option_that_is_not_there_is_refused(kind, pairs, words):
    with pytest.raises(InputError, match=words):
        _options(kind, PREPARE[kind], pairs)


def test_group_root_and_column_are_refused_where_they_would_do_nothing():
    assert _taken("folder", PREPARE["folder"], {"group": "(a)", "root": None}) == {"group": "(a)"}
    assert _taken("kinetics-csv", PREPARE["kinetics-csv"], {"root": "x"}) == {"root": "x"}
    with pytest.raises(InputError, match="--group: kth does not use it. Leave it out."):
        _taken("kth", PREPARE["kth"], {"group": "(a)"})
    with pytest.raises(InputError, match="--column: folder does not use it."):
        _taken("folder", PREPARE["folder"], {"columns": {"a": "b"}})
