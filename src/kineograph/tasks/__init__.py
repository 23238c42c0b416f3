"""What is asked of a network, one file a question."""

from kineograph.tasks.answer_question import AnswerQuestion
from kineograph.tasks.describe import Describe
from kineograph.tasks.describe_regions import DescribeRegions
from kineograph.tasks.label_by_median import LabelByMedian
from kineograph.tasks.label_clips import LabelClips
from kineograph.tasks.label_frames import LabelFrames
from kineograph.tasks.label_streams import LabelStreams
from kineograph.tasks.label_texts import LabelTexts
from kineograph.tasks.predict_characters import PredictCharacters
from kineograph.tasks.read_lines import ReadLines
from kineograph.tasks.rewrite_texts import RewriteTexts
from kineograph.tasks.task import Task
from kineograph.tasks.write_ink import WriteInk

TASKS_OF: dict[str, dict[str, type]] = {  # by what a network is shown
    "clips": {
        "label_clips": LabelClips,
        "label_frames": LabelFrames,
        "label_streams": LabelStreams,
        "label_by_median": LabelByMedian,
    },
    "lines": {"read_lines": ReadLines},
    "ink": {"write_ink": WriteInk},
    "captions": {"describe": Describe},
    "questions": {"answer_question": AnswerQuestion},
    "regions": {"describe_regions": DescribeRegions},
    "text": {"predict_characters": PredictCharacters},
    "labels": {"label_texts": LabelTexts},
    "pairs": {"rewrite_texts": RewriteTexts},
}
TASKS = {name: task for tasks in TASKS_OF.values() for name, task in tasks.items()}

__all__ = [
    "TASKS",
    "TASKS_OF",
    "Describe",
    "AnswerQuestion",
    "DescribeRegions",
    "LabelByMedian",
    "LabelClips",
    "LabelFrames",
    "LabelStreams",
    "LabelTexts",
    "PredictCharacters",
    "ReadLines",
    "RewriteTexts",
    "Task",
    "WriteInk",
]
