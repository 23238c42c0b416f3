"""From pictures to events, evidence and letters: files, files as cameras, RTSP and MJPEG alike."""

import json
from threading import Event as Flag

import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.export.onnx import export
from kineograph.export.run import OnnxFile
from kineograph.live.detection.rules import Rule
from kineograph.live.journal.verify import verify
from kineograph.live.lookout import Eyes
from kineograph.live.plan import CameraPlan, Window, with_sinks
from kineograph.live.sending.notify import FolderOptions
from kineograph.live.watch import Watch
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.source import parse_source
from kineograph.predict.engine import Engine, OnnxSteps, torch_engine
from kineograph.predict.over_time import answers_of
from tests.live.watching import (
    BRIGHT,
    SOON,
    WINDOW,
    Heard,
    lamp,
    network,
    plan,
    watch,
    watch_until,
)
from tests.media.camera_servers import (
    HEAD,
    RtspServer,
    Speaker,
    listen_forever,
    parts_of,
    require_rtsp,
)

LIT = Rule(label="bright", high=0.7, low=0.4, smooth_seconds=0.2, shortest_seconds=0.2)


def test_a_lamp_that_is_lit_is_one_event_with_its_evidence_and_everyone_is_told(tmp_path):
    clip = lamp(tmp_path / "hall.mp4")
    made = plan(clip, folder=tmp_path / "evidence", rules=[LIT])
    made = with_sinks(made, [FolderOptions(path=tmp_path / "copies")])
    found = watch(made, network())
    (event,) = found.events
    assert (event["camera"], event["window"], event["label"]) == ("a", "whole", "bright")
    assert event["start_seconds"] == pytest.approx(3.3, abs=0.8)  # its window is 1.6 s of lamp
    assert event["end_seconds"] == pytest.approx(5.8, abs=0.8)
    checked = verify(tmp_path / "evidence")
    assert checked.is_whole and len(checked.whole) == 3
    (said,) = (tmp_path / "evidence").glob("a/*/*/event.json")
    assert json.loads(said.read_text())["event"]["id"] == event["id"]
    (copy,) = (tmp_path / "copies").iterdir()
    told = {each.name: sorted(file.name for file in each.iterdir()) for each in copy.iterdir()}
    kept = ["2-event.json", "clip.mkv", "event.json", "strip.png"]
    assert told == {"begun": ["event.json"], "ended": kept}
    (sink,) = found.state.sinks
    assert (sink.sent, sink.waiting, sink.dead) == (2, 0, 0)


def test_a_clip_that_the_film_s_end_cuts_short_says_so(tmp_path):
    clip = lamp(tmp_path / "hall.mp4", seconds=6.0)
    watch(plan(clip, folder=tmp_path / "evidence", rules=[LIT]), network())
    (said,) = (tmp_path / "evidence").glob("a/*/*/event.json")
    problems = json.loads(said.read_text())["problems"]
    assert problems == ["the clip ends early: the film is over"]


def test_a_folder_sink_that_is_the_evidence_s_own_needs_no_copy(tmp_path):
    clip = lamp(tmp_path / "hall.mp4")
    made = with_sinks(plan(clip, folder=tmp_path / "x", rules=[LIT]), [])
    own = FolderOptions(path=tmp_path / "x")
    found = watch(with_sinks(made, [own]), network())
    assert found.state.sinks == () and verify(tmp_path / "x").is_whole


@pytest.mark.parametrize("kind", ["steps", "looks ahead"])
def test_a_file_says_the_same_as_a_camera_and_when_asked_by_itself(tmp_path, kind, monkeypatch):
    """Times to the millisecond, and no picture lost where the machine keeps up."""
    sets = ["model.both_directions=true"] if kind == "looks ahead" else []
    trained = network(tmp_path, *sets)
    clip = lamp(tmp_path / "hall.mp4", seconds=4.0)
    engine = torch_engine(trained.network)
    seconds, probabilities = answers_of(clip, trained, engine.device)
    for as_camera in (False, True):
        heard = Heard(monkeypatch)
        folder = tmp_path / f"evidence-{as_camera}"
        watch(plan(clip, folder=folder, as_camera=as_camera), trained, engine)
        monkeypatch.undo()
        assert [round(at, 3) for _, at, _ in heard.answers] == [round(s, 3) for s in seconds]
        found = np.stack([each for *_, each in heard.answers])
        np.testing.assert_allclose(found, probabilities, atol=1e-5)


def answers_by(source, trained, engine, folder, monkeypatch, count) -> list:
    """The first answers about a camera that has no end."""
    heard = Heard(monkeypatch)
    watch_until(
        plan(source, folder=folder, **SOON), trained, engine,
        lambda state: state.cameras[0].answers >= count or state.seconds > 20,
    )  # fmt: skip
    monkeypatch.undo()
    return heard.answers[:count]


@pytest.mark.live
@pytest.mark.parametrize("runs_by", ["torch", "onnx"])
def test_rtsp_and_mjpeg_say_what_the_files_say(tmp_path, monkeypatch, runs_by):
    require_rtsp()
    trained = network(tmp_path)
    engine = torch_engine(trained.network)
    if runs_by == "onnx":
        export(trained, tmp_path)
        steps = OnnxSteps(OnnxFile(tmp_path / "step.onnx"))
        engine = Engine("onnxruntime", engine.whole, engine.device, steps=steps)
    h264 = lamp(tmp_path / "hall.mp4", seconds=4.0, options={"bf": "0", "g": "10"})
    jpeg = lamp(tmp_path / "door.mkv", seconds=4.0, codec="mjpeg")

    def speak(client, number):
        client.sendall(HEAD)
        for part in parts_of(jpeg):
            client.sendall(part)
        client.recv(1)

    with RtspServer(h264) as rtsp, Speaker(speak) as http:
        served = {h264: rtsp.url, jpeg: f"http://127.0.0.1:{http.port}/video"}
        for clip, url in served.items():
            seconds, probabilities = answers_of(clip, network(), engine.device)
            count = len(seconds) - 4  # the last ones know that the file has ended
            found = answers_by(url, trained, engine, tmp_path / clip.stem, monkeypatch, count)
            times = [at for _, at, _ in found]
            np.testing.assert_allclose(times, seconds[:count], atol=2e-3)
            answers = np.stack([each for *_, each in found])
            np.testing.assert_allclose(answers, probabilities[:count], atol=1e-3)
            labels = answers.argmax(1)
            assert (labels == probabilities[:count].argmax(1)).all()


def test_windows_are_watched_by_themselves_and_one_outside_is_left_out(tmp_path):
    clip = lamp(tmp_path / "hall.mp4")
    windows = (Window("left", (0, 0, 32, 48)), Window("far", (60, 0, 32, 48)))
    camera = CameraPlan(parse_source(str(clip), "hall"), CameraOptions(), windows)
    made = plan(folder=tmp_path / "evidence", rules=[LIT])
    found = watch(type(made)((camera,), rules=made.rules, evidence=made.evidence), network())
    assert [event["window"] for event in found.events] == ["left"]
    (state,) = found.state.cameras
    assert "far: window x=60" in state.left_out[0]
    assert [window.name for window in state.windows] == ["left"]


def test_many_cameras_at_once_and_a_broken_one_loses_nothing_of_the_others(tmp_path):
    clips = [lamp(tmp_path / f"{k}.mp4", on=(2.0 + k, 4.0 + k)) for k in range(2)]
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    found = watch(plan(*clips, broken, folder=tmp_path / "e", rules=[LIT]), network())
    assert sorted(event["camera"] for event in found.events) == ["a", "b"]
    third = found.state.cameras[2].camera
    assert third.broken == 1 and "not a video" in third.error
    assert verify(tmp_path / "e").is_whole


def test_a_defect_in_reading_one_camera_is_told_and_costs_the_others_nothing(tmp_path, monkeypatch):
    clips = [lamp(tmp_path / f"{k}.mp4") for k in range(2)]
    look = Eyes.__call__

    def tears(eyes, shown):
        if eyes.camera == "b" and shown.seconds > 1:
            raise ZeroDivisionError("no such thing")
        return look(eyes, shown)

    monkeypatch.setattr(Eyes, "__call__", tears)
    found = watch(plan(*clips, folder=tmp_path / "e", rules=[LIT]), network())
    assert [event["camera"] for event in found.events] == ["a"]
    well, failed = found.state.cameras
    assert well.well and not failed.well and failed.failed == "ZeroDivisionError: no such thing"
    entries = (tmp_path / "e" / "journal.jsonl").read_text()
    assert "camera-away" in entries and verify(tmp_path / "e").is_whole


@pytest.mark.live
def test_a_camera_that_is_broken_while_something_happens_ends_it_and_the_scene_is_sent(tmp_path):
    film = lamp(tmp_path / "hall.mkv", seconds=3.0, on=(0.5, 3.0), codec="mjpeg")

    def speak(client, number):
        client.sendall(HEAD + b"".join(parts_of(film) if number == 0 else []))
        listen_forever(client)

    with Speaker(speak) as http:
        source = f"http://127.0.0.1:{http.port}/video"
        made = plan(source, folder=tmp_path / "e", rules=[LIT], grace_seconds=1.0, **SOON)
        made = with_sinks(made, [FolderOptions(path=tmp_path / "copies")])
        found = watch_until(
            made, network(), BRIGHT, lambda state: state.sinks[0].sent == 3 or state.seconds > 20
        )
    assert [event["label"] for event in found.events] == ["bright"]
    ends = {path.parent.parent.name for path in (tmp_path / "copies").glob("*/ended/clip.mkv")}
    assert found.events[0]["id"] in ends


def test_an_event_that_lasts_when_it_is_stopped_is_ended_and_kept(tmp_path):
    clip = lamp(tmp_path / "hall.mp4", seconds=30.0, on=(0.5, 30.0))
    stop = Flag()

    def tell(state):
        if state.cameras[0].events:
            stop.set()

    made = plan(clip, folder=tmp_path / "e", rules=[LIT], as_camera=True)
    found = Watch(made, network(), BRIGHT).run(stop, tell)
    (event,) = found.events
    assert event["end_seconds"] < 20 and found.state.evidence.written == 1
    assert verify(tmp_path / "e").is_whole


def test_without_rules_every_label_that_names_something_is_an_event(tmp_path):
    made = plan(folder=tmp_path)
    labels = [rule.label for rule in made.rules_for(("no_fight", "fight", "not writing"))]
    assert labels == ["fight"]
    assert [rule.label for rule in made.rules_for(("none", "other"))] == ["none", "other"]
    wrong = plan(folder=tmp_path, rules=[Rule(label="brigth")])
    with pytest.raises(
        InputError, match="the network has no label 'brigth'. Did you mean 'bright'"
    ):
        wrong.rules_for(("dark", "bright"))


def test_what_needs_a_whole_clip_cannot_watch_and_nothing_is_made(tmp_path):
    clip = lamp(tmp_path / "hall.mp4", seconds=1.0)
    trained = network(tmp_path, "data.crop=motion")
    with pytest.raises(InputError, match=r"needs all of a clip, so it cannot watch"):
        Watch(plan(clip, folder=tmp_path / "e"), trained, BRIGHT)


def test_the_window_is_as_long_as_what_was_learned():
    assert network().clip_seconds == WINDOW
