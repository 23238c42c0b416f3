"""Logs: one JSON object a line, whatever is said."""

import json
import logging
from datetime import datetime

import pytest

from kineograph.errors import InputError
from kineograph.live import logs
from kineograph.live.logs import log_to

LOG = logging.getLogger("kineograph.watch")


def lines(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_line_is_an_object_whatever_is_said(tmp_path):
    path = tmp_path / "logs" / "watch.jsonl"
    with log_to(path):
        LOG.info("hall: %s begins", "fight")
        LOG.warning('two\nlines, "quotes" and ünïcode')
        logging.getLogger("other").error("is not of this program")
    first, second = lines(path)
    assert first["said"] == "hall: fight begins" and first["part"] == "watch"
    assert (first["level"], second["level"]) == ("info", "warning")
    assert second["said"] == 'two\nlines, "quotes" and ünïcode'
    assert datetime.fromisoformat(first["time"]).utcoffset().total_seconds() == 0


def test_the_traceback_of_a_defect_stands_inside_its_line(tmp_path):
    path = tmp_path / "watch.jsonl"
    with log_to(path):
        try:
            raise ValueError("a defect\nin two lines")
        except ValueError:
            LOG.exception("evidence: it went on")
    (found,) = lines(path)
    assert found["said"] == "evidence: it went on" and found["level"] == "error"
    assert found["traceback"].startswith("Traceback") and "a defect\nin two" in found["traceback"]


def test_it_does_not_grow_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "MOST_BYTES", 2000)
    path = tmp_path / "watch.jsonl"
    with log_to(path):
        for number in range(400):
            LOG.info("line %d", number)
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 1 + logs.KEPT_FILES and all(f.stat().st_size <= 2000 for f in kept)
    assert lines(path)[-1]["said"] == "line 399"


def test_afterwards_nothing_is_written_and_nothing_is_left(tmp_path, capfd):
    logger, path = logging.getLogger("kineograph"), tmp_path / "watch.jsonl"
    before = logger.level, list(logger.handlers)
    with log_to(path):
        pass
    LOG.info("after")
    assert path.read_text() == "" and (logger.level, logger.handlers) == before


def test_a_minus_is_standard_error_and_nothing_is_silence(capfd):
    with log_to(logs.STANDARD_ERROR):
        LOG.warning("hall: away")
    assert json.loads(capfd.readouterr().err)["said"] == "hall: away"
    with log_to(None):
        LOG.warning("hall: away")
    assert capfd.readouterr().err == ""


def test_a_log_that_cannot_be_written_is_said_before_anything_is_watched(tmp_path):
    said = r"--log .*: cannot be written \(Is a directory\). Name a file, or -"
    with pytest.raises(InputError, match=said), log_to(tmp_path):
        pass
