"""What is asked of a network, one file a question."""

from kineograph.tasks.label_clips import LabelClips
from kineograph.tasks.label_frames import LabelFrames
from kineograph.tasks.task import Task

TASKS = {"label_clips": LabelClips, "label_frames": LabelFrames}

__all__ = ["TASKS", "LabelClips", "LabelFrames", "Task"]
