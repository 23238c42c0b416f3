"""From files as people and data sets have them to annotations: PREPARE lists the ways."""

from kineograph.data.prepare.csv import prepare_csv
from kineograph.data.prepare.folder import prepare_folder

PREPARE = {
    "folder": prepare_folder,
    "csv": prepare_csv,
}
