"""Prepared pictures with sentences on disk.

DATA/dataset.json     "kind": "captions", name, source_root, how and when it was prepared, notes
DATA/captions.jsonl   one picture a line, with all its sentences
DATA/cache/           pictures of one size; may be deleted at any time
"""

from kineograph.data.captions.described import DescribedPicture, read_captions, write_captions
from kineograph.data.prepared_folder import Kind

CAPTIONS: Kind[DescribedPicture] = Kind(
    "captions",
    "captions.jsonl",
    read_captions,
    write_captions,
    lacks="it does not hold prepared captions",
    run="kineograph prepare captions-csv SRC OUT, or another kind of captions",
)
