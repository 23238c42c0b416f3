"""The files of docs/deploy say what is true: options, metrics, users, and systemd's own check."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kineograph.live.page import metrics_text
from tests.live.states import TROUBLED

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "docs" / "deploy"
UNIT = (DEPLOY / "kineograph-watch.service").read_text(encoding="utf-8")
IMAGE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
METRICS = set(re.findall(r"^# TYPE (\S+)", metrics_text(TROUBLED), re.MULTILINE))


def yaml_of(name: str) -> dict:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not here; it comes with mkdocs")
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


def watch_help() -> str:
    from typer.testing import CliRunner

    from kineograph.commands import app

    return CliRunner().invoke(app, ["watch", "--help"], env={"COLUMNS": "200"}).output


def test_systemd_finds_no_fault_in_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    unit = tmp_path / "kineograph-watch.service"
    unit.write_text(UNIT.replace("/opt/kineograph/bin/kineograph", sys.executable))
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True
    )
    assert found.returncode == 0 and unit.name not in found.stderr, found.stderr


def test_the_unit_waits_for_what_the_program_says():
    assert "Type=notify" in UNIT and "WatchdogSec=" in UNIT  # READY=1 and WATCHDOG=1: test_systemd
    assert "DynamicUser=yes" in UNIT and "ProtectSystem=strict" in UNIT
    state = re.search(r"^StateDirectory=(\S+)", UNIT, re.MULTILINE)[1]
    assert f"WorkingDirectory=/var/lib/{state}" in UNIT


@pytest.mark.parametrize("text", [UNIT, IMAGE], ids=["unit", "image"])
def test_every_option_that_they_give_is_one(text):
    command = re.search(r"^(?:ExecStart=|CMD \[\"watch\").*$", text, re.MULTILINE)[0]
    options = re.findall(r"--[a-z-]+", command)
    assert "--config" in options and "--log" in options
    known = watch_help()
    assert all(option in known for option in options)


def test_the_image_is_built_from_what_is_there_and_runs_as_nobody_s_root():
    lines = re.sub(r"\\\n", " ", IMAGE).splitlines()
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENV", "HEALTHCHECK",
             "STOPSIGNAL", "ENTRYPOINT", "CMD", "ARG"}  # fmt: skip
    assert {word[0] for word in words} <= known
    assert words[0] == ["FROM", "python:3.11-slim"]
    for copied in (word[1:-1] for word in words if word[0] == "COPY"):
        assert all((ROOT / name).exists() for name in copied)
    (user,) = [word[1] for word in words if word[0] == "USER"]
    assert int(user) > 0 and f"--uid {user} " in IMAGE
    assert "-c constraints.txt" in IMAGE and ":9108/healthz" in IMAGE


def test_the_health_check_is_python():
    (code,) = re.findall(r'"-c", "(import urllib.*?)"\]', IMAGE)
    compile(code, "HEALTHCHECK", "exec")


def test_every_rule_asks_for_a_metric_that_the_page_serves():
    (group,) = yaml_of("kineograph-alerts.yml")["groups"]
    assert len(group["rules"]) == len({rule["alert"] for rule in group["rules"]})
    for rule in group["rules"]:
        asked = set(re.findall(r"kineograph_\w+", rule["expr"]))
        assert asked <= METRICS, rule["alert"]
        assert asked or 'up{job="kineograph"}' in rule["expr"]
        labels = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        for name in asked:
            sample = re.search(rf"^{name}(\{{.*\}})? ", metrics_text(TROUBLED), re.MULTILINE)[0]
            assert all(f"{label}=" in sample for label in labels), rule["alert"]


def test_prometheus_asks_the_page_by_the_job_that_the_rules_name():
    found = yaml_of("prometheus.yml")
    (job,) = found["scrape_configs"]
    assert job["job_name"] == "kineograph" and job["static_configs"][0]["targets"][0][-4:] == "9108"
    assert all((DEPLOY / name).is_file() for name in found["rule_files"])
