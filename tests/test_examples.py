"""The examples run as they stand."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PIL import Image

from kineograph.data.toy.actors import ActorsConfig, draw_clip
from kineograph.live.sending.message import Message
from kineograph.live.sending.notify.webhook import WebhookOptions, WebhookSink
from kineograph.media.write import write_video
from kineograph.report.answers import Answer, read_answers, write_answers

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_your_own_cell():
    found = subprocess.run(
        [sys.executable, EXAMPLES / "your_own_cell.py"], capture_output=True, text=True
    )
    assert found.stdout == "whole = stepped: (2, 5, 4)\n", found.stderr


def test_label_a_clip(tmp_path):
    clip = tmp_path / "clip.mp4"
    write_video(clip, draw_clip(3, "boxing", 1, ActorsConfig(seed=5)), 25)
    found = subprocess.run(
        [sys.executable, EXAMPLES / "label_a_clip.py", "actors", clip],
        capture_output=True,
        text=True,
    )
    assert "clip.mp4: " in found.stdout and "boxing" in found.stdout, found.stderr


def test_lines_of_a_page(tmp_path):
    found = subprocess.run(
        [sys.executable, EXAMPLES / "lines_of_a_page.py", tmp_path / "a.png"],
        capture_output=True,
        text=True,
    )
    assert not found.stderr
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (1620, 480)


@pytest.mark.live
def test_receive_alerts(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "hunter2")
    monkeypatch.setenv("KINEOGRAPH_WEBHOOK_SECRET", "hunter2")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = subprocess.Popen(
        [sys.executable, EXAMPLES / "receive_alerts.py", str(port)],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        options = WebhookOptions(f"http://127.0.0.1:{port}/", secret_env="SECRET")
        message = Message("a/ended", {"id": "a"})
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                WebhookSink(options).send(message)
                break
            assert program.poll() is None
        WebhookSink(options).send(message)
        with pytest.raises(RuntimeError, match="^403 "):  # an old message, sent by another again
            WebhookSink(options, lambda: time.time() - 1000).send(message)
        monkeypatch.setenv("SECRET", "guessed")
        with pytest.raises(RuntimeError, match="^403 "):
            WebhookSink(options).send(message)
        with pytest.raises(RuntimeError, match="^403 "):
            WebhookSink(WebhookOptions(options.url)).send(message)
    finally:
        program.kill()
        said, _ = program.communicate()
    assert said.splitlines() == ["new a/ended", "again a/ended"]


@pytest.mark.live
def test_push_alerts(tmp_path, monkeypatch):
    monkeypatch.setenv("KINEOGRAPH_WEBHOOK_SECRET", "hunter2")
    pushed: list[str] = []

    class Phone(BaseHTTPRequestHandler):
        def do_POST(self):
            pushed.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200 if len(pushed) > 1 else 500)  # the first is not taken
            self.end_headers()

        def log_message(self, *_):
            pass

    phone = HTTPServer(("127.0.0.1", 0), Phone)
    threading.Thread(target=phone.serve_forever, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{phone.server_port}/hall"
    program = subprocess.Popen(
        [sys.executable, EXAMPLES / "push_alerts.py", str(port), address],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    event = {"id": "a", "camera": "hall", "label": "fight", "kind": "seen", "peak": 0.934,
             "start_time": "2026-02-14T18:30:12+00:00", "end_seconds": None}  # fmt: skip
    sink = WebhookSink(
        WebhookOptions(f"http://127.0.0.1:{port}/", secret_env="KINEOGRAPH_WEBHOOK_SECRET")
    )
    try:
        refused = pytest.raises(RuntimeError, match="^502 ")
        while not pushed:
            with contextlib.suppress(ConnectionRefusedError), refused:
                sink.send(Message("a/begun", event))
            assert program.poll() is None
        sink.send(Message("a/begun", event))
        sink.send(Message("a/ended", event | {"end_seconds": 4.0}))
        sink.send(Message("t/ended", event | {"kind": "test", "end_seconds": 0.0}))
        with pytest.raises(RuntimeError, match="^403 "):
            WebhookSink(WebhookOptions(f"http://127.0.0.1:{port}/")).send(Message("a/begun", event))
    finally:
        program.kill()
        program.wait()
        phone.shutdown()
        phone.server_close()
    clock = datetime.fromisoformat(event["start_time"]).astimezone().strftime("%H:%M:%S")
    begun = f"hall: fight has begun at {clock} (93%)."
    over = f"hall: fight is over, begun at {clock} (93%)."
    assert pushed == [begun, begun, over, "A test: alerts arrive."]


def test_by_activity(tmp_path):
    spans = [(0, 2, "write"), (2, 3.5, "hold"), (3.5, 5, "rest")]
    truth = [
        {"video": "a.mp4", "person": "p", "start_seconds": s, "end_seconds": e, "activity": name}
        for s, e, name in spans
    ]
    (tmp_path / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in truth))
    labels = ["writing", "writing", "not writing", "not writing", "not writing"]
    for seed, said in enumerate((["writing"] * 5, labels)):
        answers = [
            Answer(
                id=str(second), video="a.mp4", person="p", start_seconds=second, seed=seed,
                truth=[labels[second]] * 10, answer=[said[second]] * 10,
                probabilities={each: [float(each == said[second])] * 10 for each in set(labels)},
            )
            for second in range(5)
        ]  # fmt: skip
        own = read_answers(tmp_path / "run.jsonl") if seed else []
        write_answers(tmp_path / "run.jsonl", [*own, *answers])
    (tmp_path / "run").mkdir()
    (tmp_path / "run.jsonl").rename(tmp_path / "run" / "predictions.jsonl")
    found = subprocess.run(
        [sys.executable, EXAMPLES / "by_activity.py", tmp_path, tmp_path / "run"],
        capture_output=True,
        text=True,
    )
    lines = found.stdout.splitlines()
    assert "  accuracy         70.0 % ± 42.4" in lines, found.stdout + found.stderr
    assert (
        "  pen held still   50.0 % ± 70.7" in lines and "  writing         100.0 % ± 0.0" in lines
    )
    assert "run, median of ten frames, 10 answers" in lines
