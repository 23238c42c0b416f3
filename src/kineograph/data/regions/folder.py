"""Prepared regions on disk: a folder that says where the pictures are and what their parts show.

DATA/dataset.json      "kind": "regions", name, source_root, how and when it was prepared, notes
DATA/regions.jsonl     one picture a line, with the boxes and sentences of its regions
"""

from kineograph.data.prepared_folder import Kind
from kineograph.data.regions.picture import read_regions, write_regions

REGIONS = Kind(
    "regions",
    "regions.jsonl",
    read_regions,
    write_regions,
    lacks="it does not hold pictures with regions",
    run="kineograph prepare scenes SRC OUT, or visual-genome",
)
