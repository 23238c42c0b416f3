"""The verb as a person calls it: a page that needs nothing else, and words for what cannot be."""

import re

import numpy as np
import pytest
from PIL import Image

from kineograph.data.toy.actors import ActorsConfig, draw_clip
from kineograph.inspect.kinds import INSPECTED
from kineograph.media.write import write_video
from kineograph.recipes.recipe import DATA
from tests.commands.conftest import run  # noqa: F401  the verbs
from tests.inspect.drawn_runs import answerer_run, captioner_run, picture


def test_a_clip_and_a_broken_one(run, tmp_path):  # noqa: F811
    write_video(tmp_path / "clip.mp4", draw_clip(3, "boxing", 1, ActorsConfig(seed=5)), 25)
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    page = tmp_path / "pages" / "clip.html"
    status, out, found = run("inspect", "actors", tmp_path, "--out", page, "--json")
    assert status == 1 and list(found["failed"]) == [str(tmp_path / "broken.mp4")]
    assert "failed: " in out and f"Wrote {page}" in out
    (clip,) = found["files"]
    assert clip["label"] == "boxing" and len(clip["frames"]) == 20 and len(clip["parts"]) == 9
    assert sum(clip["frames"][-1]["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    html = page.read_text()
    assert "broken.mp4" in html and "by leaving each out in turn" in html
    _needs_nothing(html)


def test_several_pictures_are_one_page(run, tmp_path):  # noqa: F811
    runs = tmp_path / "runs"
    for number in range(2):
        Image.fromarray(picture(number)).save(tmp_path / f"{number} <b>.png")
    out = ("--out", tmp_path / "a.html", "--json")
    status, _, found = run("inspect", captioner_run(runs), *tmp_path.glob("*.png"), *out)
    assert status == 0 and len(found["files"]) == 2 and found["kind"] == "captions"
    html = (tmp_path / "a.html").read_text()
    assert html.count("<section>") == 2 and "0 &lt;b&gt;.png" in html
    _needs_nothing(html)
    asked = ("--question", "what is the shape?")
    glimpses = answerer_run(runs)
    status, _, found = run("inspect", glimpses, tmp_path / "0 <b>.png", *asked, *out)
    assert status == 0 and found["files"][0]["question"] == "what is the shape?"
    assert np.shape(found["files"][0]["levels"][0]["over_words"]) == (4,)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--question", "why?"],
            "is for a network that answers questions, and actors labels clips",
        ),
        (["--out", "page.png"], "the page is HTML. Give it a name that ends with .html"),
        (["--from-seconds", "-1"], "a video begins at 0"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(options, words, run, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    write_video("clip.mp4", np.zeros((4, 24, 24, 3), np.uint8), 25)
    status, out, _ = run("inspect", "actors", "clip.mp4", *options)
    assert status and words in out and not (tmp_path / "inspect.html").exists()


def test_every_kind_of_data_has_its_look_inside():
    whole_texts = {"labels", "pairs"}  # their reports show the attention already
    assert set(INSPECTED) == set(DATA) - whole_texts


def test_a_kind_without_a_look_inside_is_told(run, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.delitem(INSPECTED, "ink")
    (tmp_path / "recipe.json").write_text('{"recipe": {"data": {"kind": "ink"}}}')
    status, out, _ = run("inspect", tmp_path, tmp_path)
    assert status and "its data are ink, and no look inside is there for them" in out


def test_too_many_files_for_a_page(run, tmp_path):  # noqa: F811
    for number in range(51):
        (tmp_path / f"{number}.mp4").write_bytes(b"")
    status, out, _ = run("inspect", "actors", tmp_path)
    assert status and "51 files: a page holds 50 at most" in out


def _needs_nothing(html):
    """No script, nothing from elsewhere, light and dark."""
    assert "<script" not in html and "prefers-color-scheme: dark" in html
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', html)
