"""What is asked of a network, one file a question."""

from kineograph.tasks.label_by_median import LabelByMedian
from kineograph.tasks.label_clips import LabelClips
from kineograph.tasks.label_frames import LabelFrames
from kineograph.tasks.label_streams import LabelStreams
from kineograph.tasks.read_lines import ReadLines
from kineograph.tasks.task import Task

TASKS = {
    "label_clips": LabelClips,
    "label_frames": LabelFrames,
    "label_streams": LabelStreams,
    "label_by_median": LabelByMedian,
    "read_lines": ReadLines,
}

__all__ = [
    "TASKS",
    "LabelByMedian",
    "LabelClips",
    "LabelFrames",
    "LabelStreams",
    "ReadLines",
    "Task",
]
