import shutil

import numpy as np
import pytest
from PIL import Image

from kineograph.data.cache import build_cache
from kineograph.data.prepare import prepare_ntu_rgbd
from kineograph.data.prepare.ntu_rgbd import LABEL_OF, TRAINING_PERSONS
from kineograph.errors import InputError
from kineograph.media import read_frames
from tests.data.drawn_ntu import draw_ntu

CLIPS = (
    "S001C001P001R001A011_rgb.avi",
    "S001C002P003R002A011_rgb.avi",
    "nturgb+d_rgb/S002C003P003R001A012_rgb.avi",
    "nturgb+d_rgb/S002C001P008R001A060_rgb.avi",
)


def test_the_table_of_labels_has_sixty_different_names_in_the_owners_order():
    assert len(set(LABEL_OF.values())) == len(LABEL_OF) == 60 and len(TRAINING_PERSONS) == 20
    some = {"A001": "drink water", "A008": "sitting down", "A012": "writing", "A043": "falling"}
    assert {code: LABEL_OF[code] for code in some} == some
    assert LABEL_OF["A058"] == "handshaking" and LABEL_OF["A060"].startswith("walking apart")


@pytest.mark.parametrize(
    ("protocol", "sides"),
    [
        ("cross-subject", ["train", "test", "test", "train"]),
        ("cross-view", ["test", "train", "train", "test"]),
    ],
)
def test_each_protocol_gives_its_own_sides(lay, tmp_path, protocol, sides):
    prepared = prepare_ntu_rgbd(lay(*CLIPS), tmp_path / "out", protocol=protocol)
    found = prepared.data_folder.annotations
    side = {each.video: each.split for each in found}
    assert [side[clip] for clip in CLIPS] == sides
    assert {each.video: each.person for each in found}[CLIPS[2]] == "P003"
    assert "S001P001R001A011" in {each.source for each in found}
    assert ("by its design" in prepared.data_folder.notes) == (protocol == "cross-view")


def test_classes_are_chosen_by_code_or_by_name(lay, tmp_path):
    prepared = prepare_ntu_rgbd(lay(*CLIPS), tmp_path / "out", classes="A011, writing")
    assert prepared.counts == {"reading": 2, "writing": 1} and prepared.problems == []
    assert "2 of 60 classes" in prepared.data_folder.notes


def test_a_real_clip_is_decoded_as_it_was_shown(kineograph_data, tmp_path):
    """Full HD from a Kinect: its pictures are the reader's, and what moves most is the person."""
    real = kineograph_data / "video_samples" / "ntu_S001C001P001R001A001_rgb.avi"
    if not real.exists():
        pytest.skip(f"{real} is not there")
    source = draw_ntu(tmp_path / "NTU", ("S001C001P003R001A004", "S001C002P003R001A004"), 4)
    shutil.copy(real, source / "nturgb+d_rgb" / real.name.removeprefix("ntu_"))
    folder = prepare_ntu_rgbd(source, tmp_path / "out").data_folder
    (clip,) = (each for each in folder.annotations if each.person == "P001")
    assert (clip.label, clip.split, clip.source) == ("drink water", "train", "S001P001R001A001")
    cache, problems = build_cache(
        folder,
        [clip],
        size_pixels=(36, 64),
        inputs=("rgb", "flow"),
        flow_method="farneback",
        workers=1,
    )
    assert problems == []
    frames, seconds = cache[clip]
    assert np.array_equal(frames, [f.pixels for f in read_frames(real, size_pixels=(36, 64))])
    assert len(frames) == 103 and seconds == pytest.approx(np.arange(103) / 30, abs=1e-3)
    flow = cache.input(clip, "flow")
    assert flow.shape == (103, 36, 64, 3) and (flow[0] == 128).all()
    fastest = flow[1:, ..., 2].max(0)  # of each place of the picture
    row, column = np.unravel_index(fastest.argmax(), fastest.shape)
    assert fastest.max() > 136 and 9 <= row < 26  # she stands in columns 33 to 37, and flow is
    assert 30 <= column < 41  # smoothed over three beside them


def test_the_larger_set_and_unknown_choices_are_refused(lay, tmp_path):
    source = lay(*CLIPS, "S018C001P041R001A011_rgb.avi", "S018C001P008R001A061_rgb.avi")
    problems = prepare_ntu_rgbd(source, tmp_path / "out").problems
    assert len(problems) == 2 and "belongs to NTU RGB+D 120, whose split is another" in problems[0]
    with pytest.raises(InputError, match="classes: 'A11' is not one of A001 to A060. Did you mean"):
        prepare_ntu_rgbd(source, tmp_path / "out", classes="A11")
    with pytest.raises(InputError, match="protocol=cross-subjet: known are cross-subject, cross-v"):
        prepare_ntu_rgbd(source, tmp_path / "out", protocol="cross-subjet")


def lay_depth(source, samples, count=3):
    """Masked depth maps as they are distributed: a person two metres away, nothing around."""
    for number, sample in enumerate(samples):
        folder = source / "nturgb+d_depth_masked" / sample
        folder.mkdir(parents=True)
        for index in range(count):
            millimetres = np.zeros((40, 50), np.uint16)
            millimetres[10:30, 10:20] = 2000 + 320 * (number + index)
            Image.fromarray(millimetres).save(folder / f"MDepth-{index + 1:08}.png")
    return source


@pytest.mark.parametrize("protocol", ["cross-subject", "cross-view"])
def test_depth_has_the_sides_of_colour(lay, tmp_path, protocol):
    source = lay(*CLIPS)
    samples = [clip.rsplit("/")[-1].removesuffix("_rgb.avi") for clip in CLIPS]
    lay_depth(source, samples)
    colour = prepare_ntu_rgbd(source, tmp_path / "colour", protocol=protocol)
    depth = prepare_ntu_rgbd(source, tmp_path / "depth", protocol=protocol, modality="depth")
    assert depth.problems == [] and depth.counts == colour.counts

    def told(prepared):
        listed = prepared.data_folder.annotations
        return {a.source + a.label: (a.split, a.person, a.group) for a in listed}

    sides = {a.video: a.split for a in depth.data_folder.annotations}
    assert sides.keys() == {f"nturgb+d_depth_masked/{sample}" for sample in samples}
    of_colour = {a.video: a.split for a in colour.data_folder.annotations}
    for clip, sample in zip(CLIPS, samples, strict=True):
        assert sides[f"nturgb+d_depth_masked/{sample}"] == of_colour[clip]
    assert told(depth) == told(colour)
    assert depth.data_folder.name == f"NTU RGB+D depth, {protocol}"
    assert colour.data_folder.name == f"NTU RGB+D, {protocol}"
    assert "32 mm" in depth.data_folder.notes
    assert "depth" not in colour.data_folder.name + colour.data_folder.notes


def test_depth_is_decoded_as_grey_levels_of_32_millimetres(tmp_path):
    source = lay_depth(tmp_path / "src", ["S001C001P001R001A011", "S001C001P003R001A012"])
    folder = prepare_ntu_rgbd(source, tmp_path / "out", modality="depth").data_folder
    cache, problems = build_cache(folder, folder.annotations, size_pixels=(40, 50), workers=1)
    assert problems == []
    frames, seconds = cache[folder.annotations[1]]
    assert frames.shape == (3, 40, 50, 3) and seconds.tolist() == [0.0, 0.04, 0.08]
    assert frames[:, 20, 15, 0].tolist() == [(2000 + 320 * (1 + t)) // 32 for t in range(3)]
    assert frames[:, 2, 2].max() == 0


def test_depth_that_is_not_there_and_an_unknown_modality_are_refused(lay, tmp_path):
    source = lay(*CLIPS)
    with pytest.raises(InputError, match="no folder in it has a name like S001C001P001R001A001"):
        prepare_ntu_rgbd(source, tmp_path / "out", modality="depth")
    with pytest.raises(InputError, match="modality=dept: known are colour, depth. Did you mean"):
        prepare_ntu_rgbd(source, tmp_path / "out", modality="dept")
    (lay_depth(source, ["S001C001P001R001A011", "S001C001P001R001A012"])
     / "nturgb+d_depth_masked" / "S001C001P003R001A012").mkdir()  # fmt: skip
    problems = prepare_ntu_rgbd(source, tmp_path / "out", modality="depth").problems
    assert len(problems) == 1 and "S001C001P003R001A012" in problems[0]
