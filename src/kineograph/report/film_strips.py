"""Film strips of chosen clips, read from the videos of a prepared folder."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kineograph.data.annotation import Annotation
from kineograph.data.clock import thinned
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.decode import name_video
from kineograph.errors import InputError
from kineograph.media import inspect, read_frames
from kineograph.media.frame import Frame
from kineograph.media.write import write_strip

PICTURES = 8  # in a strip
HEIGHT_PIXELS = 96
FRAMES_PER_SECOND = 12.5  # that are kept to choose from
LONG_SECONDS = 60.0  # of a longer clip the beginning is shown: reading all of it takes too long


def draw_strips(
    data: DataFolder,
    ids: Sequence[str],
    folder: Path,
    progress: Callable[[int, int, str], None],
) -> tuple[dict[str, Path], list[str]]:
    """A PNG for each clip that can be read, by id; and a line for each that cannot."""
    clips = {clip.id: clip for clip in data.annotations}
    drawn: dict[str, Path] = {}
    problems = []
    for done, name in enumerate(ids, start=1):
        if name not in clips:
            problems.append(f"{name}: is not in {data.name} any more, so it has no film strip.")
        else:
            try:
                frames = _spread(data, clips[name])
                path = folder / f"{name}.png"
                captions = [f"{frame.seconds - frames[0].seconds:.1f} s" for frame in frames]
                write_strip(path, frames, captions=captions, height_pixels=HEIGHT_PIXELS)
                drawn[name] = path
            except (InputError, OSError) as error:
                problems.append(name_video(clips[name].video, error))
        progress(done, len(ids), name)
    return drawn, problems


def _spread(data: DataFolder, clip: Annotation) -> list[Frame]:
    """Frames evenly over a clip, the first and the last among them."""
    source = data.source(clip)
    info = inspect(source)
    width, height = (
        (clip.window.width, clip.window.height) if clip.window else (info.width, info.height)
    )
    size = HEIGHT_PIXELS, max(1, round(HEIGHT_PIXELS * width / height))
    end = clip.end_seconds
    if end is None or end - clip.start_seconds > LONG_SECONDS:
        end = clip.start_seconds + LONG_SECONDS
    shown = read_frames(
        source,
        size_pixels=size,
        start_seconds=clip.start_seconds,
        end_seconds=end,
        window=clip.window,
    )
    frames = list(thinned(shown, FRAMES_PER_SECOND))
    chosen = np.linspace(0, len(frames) - 1, min(PICTURES, len(frames))).round().astype(int)
    return [frames[place] for place in chosen]
