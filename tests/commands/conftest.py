"""How the tests of the verbs run one."""

import json
import sys

import pytest

from kineograph.__main__ import main


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a verb in this process: status, the lines it printed, its JSON if it was asked for."""

    def call(*words: object) -> tuple[int, str, dict]:
        monkeypatch.setattr(sys, "argv", ["kineograph", *map(str, words)])
        status = main()
        printed = capsys.readouterr()
        last = printed.out.strip().splitlines()[-1:] or [""]
        found = json.loads(last[0]) if "--json" in words else {}
        return status, printed.out + printed.err, found

    return call
