"""Reading frames: one file that no browser plays, jumps far into a long one, a file that breaks."""

from pathlib import Path

import av
import numpy as np
import pytest

from kineograph.media import read_frames
from kineograph.studio.frames import FrameReader
from kineograph.studio.moments import frame_seconds
from tests.studio.drawn_room import draw_room


def avi(path: Path, count: int = 60) -> Path:
    """MPEG-4 ASP with B frames in AVI: no presentation stamps, no browser."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=20)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.max_b_frames = 2
        for index in range(count):
            pixels = np.full((48, 64, 3), 4 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def test_an_avi_steps_forward_and_back_by_its_true_frames(tmp_path: Path):
    path = avi(tmp_path / "old.avi")
    truth = [(f.index, round(f.seconds, 6)) for f in read_frames(path)]
    reader = FrameReader(path)
    forward = [reader.run(0.0, 1)[0]]
    while not forward[-1].last:
        forward += reader.run(forward[-1].until_seconds, 7)
    assert [(p.index, round(p.seconds, 6)) for p in forward] == truth
    backward, at = [], 1e9
    while at > 0:
        (picture,) = reader.run(at, 1)
        backward.append(picture.index)
        at = picture.seconds - 0.0005
    assert backward == [index for index, _ in reversed(truth)]
    seconds, duration = frame_seconds(path)
    assert len(seconds) == len(truth) and duration == pytest.approx(truth[-1][1] + 0.05)


def test_a_jump_far_into_a_long_video_lands_on_its_frame(tmp_path: Path):
    path = draw_room(tmp_path / "long.mp4", seconds=40, rate=5)
    truth = [(f.index, round(f.seconds, 6)) for f in read_frames(path)]
    reader = FrameReader(path)
    for index in (190, 3, 150, 199, 149, 30, 120):
        (picture,) = reader.run(truth[index][1] + 0.05, 1)
        assert (picture.index, round(picture.seconds, 6)) == truth[index]
    seconds, duration = frame_seconds(path)
    assert [round(s, 6) for s in seconds] == [s for _, s in truth] and duration == 40.0


def test_a_broken_file_is_shown_up_to_its_break_which_is_said(tmp_path: Path):
    whole = draw_room(tmp_path / "room.mp4")
    video = tmp_path / "cut.mkv"
    with av.open(str(whole)) as source, av.open(str(video), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    video.write_bytes(video.read_bytes()[: video.stat().st_size * 9 // 10])
    reader = FrameReader(video)
    pictures = reader.run(0.0, 500)
    assert pictures[-1].last and 5 < len(pictures) < 100
    assert "cut.mkv" in reader.problem and "\n" not in reader.problem
