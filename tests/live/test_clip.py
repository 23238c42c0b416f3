"""A clip holds the camera's own packets; what is masked is black; a ring begins at key frames."""

import errno
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.live.evidence.clip import chosen_frames, decoded, hide, write_hidden, write_packets
from kineograph.live.evidence.packets import Cut, PacketRing
from kineograph.media.cameras.packet import StoredPacket, StreamHead
from kineograph.media.frame import Box
from kineograph.media.orientation import Orientation
from tests.live.drawn_camera import code, draw_corridor, parts, read_back, sent

AS_FILES_HOLD_IT = [
    ("a.mkv", "libx264", {}),
    ("b.mp4", "libx264", {"bf": "3"}),
    ("c.mp4", "libx265", {"x265-params": "log-level=none:keyint=10"}),
    ("d.avi", "mjpeg", {}),
    ("e.avi", "mpeg4", {}),
    ("f.mp4", "mpeg4", {"bf": "2"}),
    ("g.webm", "libvpx-vp9", {"deadline": "realtime"}),
]
AS_NETWORKS_SEND_IT = [
    ("h.ts", "libx264", {"bf": "2"}),
    ("i.ts", "libx265", {"x265-params": "log-level=none:keyint=10"}),
]


@pytest.mark.parametrize(("name", "codec", "options"), AS_FILES_HOLD_IT)
def test_every_packet_is_the_cameras_own_byte_by_byte(tmp_path, name, codec, options):
    cut = sent(code(tmp_path / name, draw_corridor(25), codec, **options))
    write_packets(tmp_path / "clip.mkv", cut)
    assert read_back(tmp_path / "clip.mkv") == [packet.data for packet in cut.packets]


@pytest.mark.parametrize(("name", "codec", "options"), AS_NETWORKS_SEND_IT)
@pytest.mark.parametrize("told", [True, False])
def test_start_codes_become_lengths_and_what_they_divide_stays(
    tmp_path, name, codec, options, told
):
    cut = sent(code(tmp_path / name, draw_corridor(25), codec, **options))
    if not told:  # parameter sets come with the key frames alone
        cut = Cut(replace(cut.head, extradata=None), cut.packets)
    write_packets(tmp_path / "clip.mkv", cut)
    written, was = read_back(tmp_path / "clip.mkv"), [packet.data for packet in cut.packets]
    assert [parts(packet) for packet in written] == [parts(packet) for packet in was]


@pytest.mark.parametrize(("name", "codec", "options"), AS_FILES_HOLD_IT + AS_NETWORKS_SEND_IT)
def test_a_cut_shows_the_same_pictures_as_the_file_at_the_same_times(
    tmp_path, name, codec, options
):
    path = code(tmp_path / name, draw_corridor(25), codec, **options)
    write_packets(tmp_path / "clip.mkv", sent(path, from_seconds=70.0))
    with av.open(str(path)) as first, av.open(str(tmp_path / "clip.mkv")) as second:
        pairs = list(zip(first.decode(video=0), second.decode(video=0), strict=True))
    assert all(np.array_equal(a.to_ndarray(), b.to_ndarray()) for a, b in pairs)
    times = [b.time for _, b in pairs]
    assert times == pytest.approx([index / 10 for index in range(25)], abs=0.0011)


def test_a_clip_can_be_entered_at_its_key_frames(tmp_path: Path):
    cut = sent(code(tmp_path / "a.mp4", draw_corridor(40)))
    write_packets(tmp_path / "clip.mkv", cut)
    with av.open(str(tmp_path / "clip.mkv")) as container:
        stream = container.streams.video[0]
        container.seek(int(2.5 / stream.time_base), stream=stream)
        packet = next(container.demux(stream))
        assert packet.is_keyframe and float(packet.pts * packet.time_base) == 2.0


def test_nothing_to_write_is_said_and_leaves_no_file(tmp_path: Path):
    with pytest.raises(InputError, match="no packet to write. Wait for a key frame"):
        write_packets(tmp_path / "clip.mkv", Cut(None, ()))
    cut = sent(code(tmp_path / "a.mkv", draw_corridor(5)))
    odd = Cut(replace(cut.head, codec="no-such-codec"), cut.packets)
    with pytest.raises(InputError, match="no-such-codec cannot be written .* Set the camera"):
        write_packets(tmp_path / "clip.mkv", odd)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]


NONSENSE = [b"\x01", b"\0\0\0\1", b"?" * 40]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_the_streams_head_costs_no_clip_where_packets_say_it_too(tmp_path, nonsense):
    cut = sent(code(tmp_path / "a.ts", draw_corridor(25), bf="0"))
    write_packets(tmp_path / "b.mkv", Cut(replace(cut.head, extradata=nonsense), cut.packets))
    with av.open(str(tmp_path / "b.mkv")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 25


def test_a_full_disk_is_an_oserror_and_leaves_no_file(tmp_path: Path):
    cut = sent(code(tmp_path / "a.mkv", draw_corridor(25)))
    import kineograph.live.evidence.clip as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "temporary_beside", lambda path: tmp_path / "part")
        opened = Path.open
        patch.setattr(Path, "open", lambda self, mode: opened(Path("/dev/full"), "wb", buffering=0))
        with pytest.raises(OSError) as caught:
            write_packets(tmp_path / "clip.mkv", cut)
    assert caught.value.errno == errno.ENOSPC


BOXES = [Box(0, 0, 32, 32), Box(64, 48, 640, 480), Box(-8, 60, 24, 20)]


def test_masked_parts_are_black_in_what_is_decoded_again(tmp_path: Path):
    cut = sent(code(tmp_path / "a.mp4", draw_corridor(15)))
    write_hidden(tmp_path / "clip.mp4", cut, hide(BOXES, None), "hall")
    with av.open(str(tmp_path / "clip.mp4")) as container:
        pictures = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    assert len(pictures) == 15
    for pixels in pictures:
        for box in BOXES:
            left, top = max(0, box.x), max(0, box.y)
            inside = pixels[top + 2 : box.y + box.height - 2, left : box.x + box.width - 2]
            assert inside.size and inside.max() < 12
        assert pixels[4:20, 40:60].mean() > 60  # the wall beside them


def test_the_strips_pictures_are_masked_too(tmp_path: Path):
    cut = sent(code(tmp_path / "a.mp4", draw_corridor(15)))
    for frame in chosen_frames(cut, "hall", [0.0, 1.0], 48, hide(BOXES, None)):
        assert frame.pixels.shape == (48, 64, 3)
        assert frame.pixels[:15, :15].max() == 0 and frame.pixels[25:, 33:].max() == 0


def test_outside_of_the_windows_nothing_sharp_is_left_and_masks_do_not_bleed():
    pixels = np.random.default_rng(0).integers(0, 256, (96, 128, 3)).astype(np.uint8)
    pixels[:32, :32] = 255
    shown = hide([Box(0, 0, 32, 32)], [Box(64, 48, 32, 32)])(pixels)
    assert np.array_equal(shown[48:80, 64:96], pixels[48:80, 64:96])
    assert shown[:32, :32].max() == 0
    assert shown[:, 110:].std() < 0.5 * pixels[:, 110:].std()
    bright = pixels.copy()
    bright[:32, :32] = 0  # what was under the mask changes nothing anywhere
    assert np.array_equal(shown, hide([Box(0, 0, 32, 32)], [Box(64, 48, 32, 32)])(bright))


def test_a_lost_packet_costs_pictures_not_the_clip(tmp_path: Path):
    cut = sent(code(tmp_path / "a.mp4", draw_corridor(30)))
    broken = [replace(p, data=b"\0" * 9) if i == 3 else p for i, p in enumerate(cut.packets)]
    seconds = [frame.seconds for frame in decoded(Cut(cut.head, tuple(broken)), "hall")]
    assert len(seconds) >= 20 and seconds == sorted(seconds)


HEAD = StreamHead("mjpeg", 2, 2, None, Fraction(1, 10), None, None)


def packet(seconds: float, is_key: bool, stretch: int = 0, size: int = 10) -> StoredPacket:
    return StoredPacket(bytes(size), None, None, 0, Fraction(1, 10), is_key, seconds, stretch)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 30)), min_size=1, max_size=60),
    st.floats(0, 3),
    st.integers(40, 400),
)
def test_a_ring_holds_whole_groups_back_to_its_pre_roll_and_never_more_than_its_bytes(
    kinds, pre_roll, most
):
    ring = PacketRing(pre_roll, most)
    told = [packet(place / 10, key, size=size) for place, (key, size) in enumerate(kinds)]
    for each in told:
        ring.add(each, HEAD)
        held = ring.since(-1.0).packets
        assert sum(len(p.data) for p in held) == ring.status().held_bytes <= most
        assert not held or held[0].is_key
        assert list(held) == told[len(held) and told.index(held[0]) :][: len(held)]
    newest = told[-1].seconds
    if not ring.status().given_up and any(p.is_key for p in told):
        keys = [p.seconds for p in told if p.is_key]
        wanted = max((s for s in keys if s <= newest - pre_roll), default=keys[0])
        assert held[0].seconds == wanted
        later = ring.since(newest).packets
        assert later[0].seconds == max(keys)


def test_a_reconnect_begins_anew_with_its_first_key_frame():
    ring = PacketRing(5, 1000)
    for seconds in (0.0, 0.1, 0.2):
        ring.add(packet(seconds, seconds == 0), HEAD)
    ring.add(packet(9.0, False, stretch=1), HEAD)
    assert [p.seconds for p in ring.since(0).packets] == [0.0, 0.1, 0.2]  # what was last seen
    ring.add(packet(9.1, True, stretch=1), HEAD)
    assert [p.seconds for p in ring.since(0).packets] == [9.1]
    ring.add(packet(9.2, True, stretch=1), replace(HEAD, width=4))
    assert [p.seconds for p in ring.since(0).packets] == [9.2]


def test_a_ring_of_no_size_is_refused():
    with pytest.raises(InputError, match="0 bytes; the past has a length .* Give 0 seconds"):
        PacketRing(5, 0)


def test_a_mask_lies_on_the_shown_picture_of_a_camera_that_hangs_upside_down(tmp_path: Path):
    cut = sent(code(tmp_path / "a.mp4", draw_corridor(3)))
    turned = Cut(replace(cut.head, orientation=Orientation(False, True, True)), cut.packets)
    frame, other = (next(decoded(each, "hall")) for each in (turned, cut))
    assert np.array_equal(frame.pixels, other.pixels[::-1, ::-1])
    (strip,) = chosen_frames(turned, "hall", [0.0], 96, hide([Box(0, 0, 20, 20)], None))
    assert strip.pixels[:20, :20].max() == 0 and strip.pixels[-20:, -20:].min() > 40
