"""Real clips with a history: each is decoded rightly, or refused in one line.

What is expected was looked up with ffprobe and ffmpeg 5.1 (frames shown, size after rotation,
stamps) or stands in the clip's description; OpenCV decodes the same frames as a second witness.
"""

import cv2
import numpy as np
import pytest

from kineograph.errors import InputError
from kineograph.media import BrokenClipError, inspect, read_chosen, read_frames

# frames, (height, width) as shown, degrees clockwise, seconds of the last frame
SOUND = {
    "av1_video.mkv": (125, (360, 640), 0, 4.96),
    "classroom.gif": (45, (270, 480), 0, 2.93),
    "discard_first_keyframe.mp4": (25, (64, 64), 0, 0.96),  # its header counts 30
    "exercise.avi": (393, (288, 384), 0, 39.2),
    "h265_10bits.mp4": (30, (200, 200), 0, 29 / 30),
    "nasa_13013_rotated.mp4": (17, (480, 270), 270, 16016 / 30000),
    "ntu_S001C001P001R001A001_rgb.avi": (103, (1080, 1920), 0, 102 / 30),
    "odd_rate_19.62fps.mp4": (355, (240, 320), 0, 17700 / 981),
    "test_non_zero_start.mp4": (12, (112, 200), 0, 11 / 30),  # its stamps begin at 8.33 s
    "testsrc2_mpeg4.mp4": (1, (64, 64), 0, 0.0),
    "testsrc2_odd_height_and_width_mpeg2.mp4": (10, (81, 121), 0, 0.36),
    "unordered.mov": (4, (50, 50), 0, 3 / 32),
    "v_Bowling_g01_c01.avi": (159, (240, 320), 0, 158 / 25),
    "v_IceDancing_g01_c01.avi": (244, (240, 320), 0, 243 / 25),
    "video_90.mov": (3, (568, 320), 90, 2 / 30),
}
REFUSED = {
    "audio_only.mp3": r"audio_only\.mp3: holds audio but no video\. Give a file with pictures",
}


@pytest.fixture
def sample(kineograph_data, request):
    path = kineograph_data / "video_samples" / request.param
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


@pytest.mark.parametrize(("sample", "expected"), SOUND.items(), indirect=["sample"])
def test_every_sound_clip_shows_its_frames_at_their_times(sample, expected, capfd):
    count, size, degrees, last_seconds = expected
    frames = [(f.index, f.seconds, f.pixels.shape) for f in read_frames(sample, size_pixels=(9, 9))]
    assert [index for index, _, _ in frames] == list(range(count))
    seconds = [seconds for _, seconds, _ in frames]
    assert seconds[0] == 0.0 and np.all(np.diff(seconds) > 0)
    assert seconds[-1] == pytest.approx(last_seconds, abs=2e-3)
    info = inspect(sample)
    assert ((info.height, info.width), info.rotation_degrees) == (size, degrees)
    assert read_chosen(sample, [0])[0].pixels.shape == (*size, 3)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("sample", "words"), REFUSED.items(), indirect=["sample"])
def test_every_other_file_is_refused_in_one_line(sample, words):
    with pytest.raises(InputError, match=words) as caught:
        list(read_frames(sample))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sample", ["corrupted.mp4"], indirect=True)
def test_the_corrupted_clip_gives_28_frames_and_says_so(sample, capfd):
    given = []
    words = (
        r"corrupted\.mp4: broken after 28 frames \(.*\)\. Use the part before it \(end_seconds=2"
    )
    with pytest.raises(BrokenClipError, match=words):
        for frame in read_frames(sample, size_pixels=(9, 16)):
            given.append(frame.seconds)
    assert given == pytest.approx([index / 10 for index in range(28)])
    assert len(list(read_frames(sample, size_pixels=(9, 16), end_seconds=2.8))) == 28
    assert capfd.readouterr() == ("", "")


# OpenCV has no AV1 and guesses other colours for untagged high definition; and there are several
# ways to interpolate the colours of odd and of 10-bit pictures
WITNESSED = set(SOUND) - {
    "av1_video.mkv",
    "h265_10bits.mp4",
    "testsrc2_odd_height_and_width_mpeg2.mp4",
    "ntu_S001C001P001R001A001_rgb.avi",
    "classroom.gif",
}


@pytest.mark.parametrize("sample", sorted(WITNESSED), indirect=True)
def test_opencv_sees_the_same_pictures(sample):
    capture = cv2.VideoCapture(str(sample))
    for frame in read_frames(sample):
        found, picture = capture.read()
        assert found
        if frame.index % 20 == 0:
            difference = np.abs(frame.pixels.astype(int) - picture[..., ::-1])
            assert difference.mean() < 2.5
    if sample.name != "discard_first_keyframe.mp4":
        assert not capture.read()[0]
    capture.release()
