"""Prepared questions on disk: a folder that says where the pictures are and what is asked.

DATA/dataset.json       "kind": "questions", name, source_root, how and when prepared, notes
DATA/questions.jsonl    one question a line
DATA/cache/             pictures of one size; may be deleted at any time
"""

from kineograph.data.prepared_folder import Kind
from kineograph.data.questions.question import read_questions, write_questions

QUESTIONS = Kind(
    "questions",
    "questions.jsonl",
    read_questions,
    write_questions,
    lacks="it holds no prepared questions",
    run="kineograph prepare easy-vqa SRC OUT, or another kind of questions",
)
