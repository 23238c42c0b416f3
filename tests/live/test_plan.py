"""watch.toml: a whole one, and every mistake in it by its words."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.live.detection.rules import Rule
from kineograph.live.evidence.writer import EvidenceOptions
from kineograph.live.plan import (
    AnswerOptions,
    CameraPlan,
    PageOptions,
    WatchPlan,
    Window,
    filled,
    read_plan,
    with_sinks,
)
from kineograph.live.sending.notify import FolderOptions, MqttOptions, WebhookOptions
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.source import parse_source
from kineograph.media.frame import Box

WHOLE = """
run = "actors"

[[cameras]]
name = "hall"
source = "rtsp://viewer:${HALL_PASSWORD}@192.0.2.7/stream"
masks = [[0, 0, 320, 40]]
windows = [{ name = "door", box = [400, 100, 300, 400] }, { name = "till", box = [0, 0, 9, 9] }]
grace_seconds = 60

[[cameras]]
source = "films/yard.mp4"

[[rules]]
label = "fight"
labels = ["push", "punch"]
high = 0.8

[evidence]
folder = "kept"
masks = [[1, 2, 3, 4]]

[[sinks]]
kind = "folder"
path = "copies"

[[sinks]]
kind = "webhook"
url = "https://example.org/alerts"
secret_file = "secrets/webhook"

[page]
port = 9108

[answers]
hop_seconds = 0.5
"""
CAMERA = '[[cameras]]\nname = "hall"\nsource = "rtsp://192.0.2.7/"\n'


@pytest.fixture
def home(tmp_path) -> Path:
    """A folder that is not the working one, with what WHOLE names."""
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "yard.mp4").write_bytes(b"")
    return tmp_path


def written(home: Path, text: str) -> Path:
    path = home / "watch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_one(home):
    plan = read_plan(written(home, WHOLE), {"HALL_PASSWORD": "hunter2"})
    hall, yard = plan.cameras
    assert hall.source.login == ("viewer", "hunter2") and hall.name == "hall"
    assert "hunter2" not in repr(plan)
    assert hall.options == CameraOptions(grace_seconds=60) and hall.masks == (Box(0, 0, 320, 40),)
    assert hall.boxes == {"door": Box(400, 100, 300, 400), "till": Box(0, 0, 9, 9)}
    assert yard.name == "yard" and yard.boxes == {"whole": None}
    assert plan.rules == (Rule(label="fight", labels=("push", "punch"), high=0.8),)
    assert plan.page == PageOptions(9108) and plan.answers == AnswerOptions(None, 0.5)
    assert plan.run == "actors"  # a shipped network: no folder of this name stands beside the file


def test_paths_are_those_of_its_folder_wherever_it_is_read_from(home, monkeypatch, tmp_path):
    path = written(home, WHOLE.replace('"actors"', '"runs/mine"'))
    (home / "runs" / "mine").mkdir(parents=True)
    monkeypatch.chdir("/")
    plan = read_plan(Path(os.path.relpath(path)), {"HALL_PASSWORD": "x"})
    assert Path(plan.cameras[1].source.address) == home / "films" / "yard.mp4"
    folder, webhook = plan.sinks
    assert plan.evidence == EvidenceOptions(folder=home / "kept", masks=(Box(1, 2, 3, 4),))
    assert folder == FolderOptions(home / "copies")
    assert webhook == WebhookOptions(
        "https://example.org/alerts", secret_file=home / "secrets" / "webhook"
    )
    assert plan.run == str(home / "runs" / "mine")


def test_windows_may_be_those_that_annotate_writes(home):
    lines = [
        {"video": "v.mp4", "person": name, "window": [x, 0, 40, 50]}
        for name, x in (("ana", 0), ("bor", 60))
    ]  # fmt: skip
    (home / "windows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    plan = read_plan(written(home, CAMERA + 'windows = "windows.jsonl"'))
    assert plan.cameras[0].boxes == {"ana": Box(0, 0, 40, 50), "bor": Box(60, 0, 40, 50)}
    with pytest.raises(InputError, match=r"no\.jsonl: there is no such file.*kineograph annotate"):
        read_plan(written(home, CAMERA + 'windows = "no.jsonl"'))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("camera = 3", "no part is named 'camera'. Did you mean 'cameras'?"),
        ("zzz = 3", "It has run, cameras, rules, evidence, sinks, page, answers."),
        ("run = 3", "run 3 is not a name. Write run = \"runs/NAME\"."),
        ("[cameras]", "cameras is a list of tables. Write [[cameras]] above each."),
        ("rules = [3]", "rules is a list of tables. Write [[rules]] above each."),
        ("page = 3", "page: it is no table. Write its fields as name = value."),
        ("evidence = []", "evidence: it is no table."),
        ("[page]\nprot = 1", "page: it has no field 'prot'. Did you mean 'port'?"),
        ("[page]\nport = 70000", "page: port 70000: ports go from 0 to 65535. Write 9108."),
        ("[page]\nport = \"x\"", "page: port should be a valid integer"),
        ("[answers]\nhop_seconds = 0", "hop_seconds 0: must be above 0. Leave it away, or write"),
        ("[answers]\nhop_seconds = inf", "hop_seconds inf: must be above 0."),
        ("[answers]\nhop_seconds = 3\nwindow_seconds = 2", "so nobody would see what is between."),
        ("[evidence]\nkeep_days = -1", "evidence: "),
        ("[evidence]\nmasks = [[1, 2, 3]]", "evidence: masks: [1, 2, 3] is not x, y, width and"),
        ("[[rules]]\nlabel = \"a\"\nhihg = 1", "rule: unknown field 'hihg'. Did you mean 'high'?"),
        ("[[rules]]\nhigh = 0.5", "rule: no 'label'; every rule has one."),
        ("[[sinks]]\npath = \"x\"", "sinks 1: kind None is no sink. Write one of folder,"),
        ("[[sinks]]\nkind = \"mail\"\nto = []", "sinks 1: mail needs 'host'. Add host = …."),
        ("[[cameras]]\nname = \"a\"", "cameras 1: needs 'source'. Add source = \"rtsp://…\""),
        (CAMERA.replace('"hall"', "3"), "cameras 1: name 3 is no text. Write it in quotes."),
        (CAMERA + "grace = 3", "(hall): it has no field 'grace'. Did you mean 'grace_seconds'?"),
        (CAMERA + "windws = []", "(hall): it has no field 'windws'. Did you mean 'windows'?"),
        (CAMERA + "queue_frames = 0", "(hall): queue_frames=0: it is a count, 1 or more."),
        (CAMERA + "masks = 3", "(hall): masks: 3 is no list. Write it in [ ]."),
        (CAMERA + "masks = [[0, 0, 0, 9]]", "[0, 0, 0, 9] is not x, y, width and height in whole"),
        (CAMERA + "windows = 3", "(hall): windows: 3 is no list. Write it in [ ]."),
        (CAMERA + "windows = [3]", "(hall): windows 1: it is no table."),
        (CAMERA + 'windows = [{name = "a"}]', "(hall): windows 1: it needs 'box'. Add box = …."),
        (CAMERA + 'windows = [{name = "a", box = [1, 2, 3]}]', "windows 1: [1, 2, 3] is not x, y"),
        (CAMERA + 'windows = [{name = "a", box = [0.5, 0, 9, 9]}]', "is not x, y, width and hei"),
        (CAMERA + 'windows = [{name = "a", box = [-1, 0, 9, 9]}]', "is not x, y, width and height"),
        (CAMERA + 'windows = [{name="a",box=[0,0,9,9]},{name="a",box=[0,0,8,8]}]',
         "hall: window 'a' is there twice. Give each a name of its own."),
        (CAMERA * 2, "camera 'hall' is there twice. Give each a name of its own."),
        ("run = ", "watch.toml: is no TOML: "),
    ],
)  # fmt: skip
def test_every_mistake_is_one_line_that_says_where(home, text, said):
    path = written(home, text)
    with pytest.raises(InputError) as told:
        read_plan(path)
    assert said in str(told.value) and "\n" not in str(told.value)


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(InputError, match=r"no\.toml: cannot be read .*Check its name\."):
        read_plan(tmp_path / "no.toml")
    (tmp_path / "watch.toml").write_bytes("run = 'né'".encode("latin-1"))
    with pytest.raises(InputError, match=r"watch\.toml: is no text in UTF-8\. Save it as such\."):
        read_plan(tmp_path / "watch.toml")


SIGNS = st.text(st.characters(categories=["L", "N"], include_characters="!%+=_-."), min_size=1)


@given(secret=SIGNS)
def test_what_stands_in_the_environment_stands_in_the_address(secret):
    text = filled("rtsp://viewer:${HALL}@192.0.2.7/a?${HALL}", {"HALL": secret}, "cameras 1")
    assert text == f"rtsp://viewer:{secret}@192.0.2.7/a?{secret}"


@given(secret=SIGNS.filter(lambda text: not text.startswith("${")))
def test_a_password_that_is_written_out_is_refused_and_not_said_again(secret):
    password = f"s3cr3t{secret}"
    with pytest.raises(InputError, match="cameras 1: a password stands in the address") as told:
        filled(f"rtsp://viewer:{password}@192.0.2.7/a", {}, "cameras 1")
    assert password not in str(told.value)


def test_a_name_that_is_not_set():
    with pytest.raises(InputError, match=r"cameras 1: \$\{HALL\} is not set. Set it in the env"):
        filled("rtsp://viewer:${HALL}@192.0.2.7/", {}, "cameras 1")
    assert filled("rtsp://[2001:db8::7]:554/a@b", {}, "") == "rtsp://[2001:db8::7]:554/a@b"


BOX = st.lists(st.integers(-2, 50), min_size=3, max_size=5)


@settings(deadline=None)
@given(masks=st.lists(BOX, max_size=3), boxes=st.lists(BOX, max_size=3))
def test_masks_and_windows_are_taken_as_they_are_or_refused(tmp_path_factory, masks, boxes):
    """Never bent: what is no window in whole pixels is an error, all else comes out as it was."""
    windows = ", ".join(f'{{ name = "w{n}", box = {box} }}' for n, box in enumerate(boxes))
    home = tmp_path_factory.mktemp("plan")
    path = written(home, f"{CAMERA}masks = {masks}\nwindows = [{windows}]\n")
    good = all(len(b) == 4 and min(b) >= 0 and min(b[2:]) > 0 for b in [*masks, *boxes])
    if not good:
        with pytest.raises(InputError, match="is not x, y, width and height in whole pixels"):
            read_plan(path)
        return
    (camera,) = read_plan(path).cameras
    assert [list(mask) for mask in camera.masks] == masks
    named = {f"w{number}": Box(*box) for number, box in enumerate(boxes)}
    assert camera.boxes == (named or {"whole": None})


def test_sinks_of_the_command_line_join_those_of_the_file():
    plan = WatchPlan((), sinks=(MqttOptions("h"),))
    joined = with_sinks(plan, [FolderOptions(Path("copies"))])
    assert joined.sinks == (MqttOptions("h"), FolderOptions(Path("copies")))
    assert joined.evidence.folder == Path("copies")  # the first folder holds the evidence
    kept = WatchPlan((), evidence=EvidenceOptions(folder=Path("kept")))
    assert with_sinks(kept, [FolderOptions(Path("copies"))]).evidence.folder == Path("kept")
    alone, _ = joined.sinks_and_evidence()
    assert alone == (MqttOptions("h"),)  # no copy into the folder where it lies already


def test_two_cameras_of_one_name_are_refused_however_they_are_made():
    hall = CameraPlan(
        parse_source("rtsp://192.0.2.7/", "hall"), windows=(Window("a", (0, 0, 1, 1)),)
    )
    with pytest.raises(InputError, match="camera 'hall' is there twice"):
        WatchPlan((hall, hall))


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"cameras": ("hal",)}, "rule 'fight': no camera is named 'hal'. Did you mean 'hall'?"),
        ({"windows": ("dor",)}, "rule 'fight': no window is named 'dor'. Did you mean 'door'?"),
        ({"windows": ("zzz",)}, "no window is named 'zzz'. There is door, whole."),
    ],
)
def test_a_rule_for_a_place_that_is_not_there_is_refused_since_it_would_never_ring(where, said):
    door = (Window("door", (0, 0, 9, 9)),)
    cameras = (
        CameraPlan(parse_source("rtsp://192.0.2.7/a", "hall"), windows=door),
        CameraPlan(parse_source("rtsp://192.0.2.8/a", "yard")),
    )
    with pytest.raises(InputError) as refused:
        WatchPlan(cameras, (Rule("fight", **where),)).rules_for(["fight", "calm"])
    assert said in str(refused.value)
    right = Rule("fight", cameras=("hall", "yard"), windows=("door", "whole"))
    assert WatchPlan(cameras, (right,)).rules_for(["fight", "calm"]) == (right,)
