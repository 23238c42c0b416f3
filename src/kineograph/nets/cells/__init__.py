"""Recurrent cells: one step each. scan.py walks them over time, scan_grid.py over a grid."""

from kineograph.nets.cells.convlstm import ConvLSTMCell
from kineograph.nets.cells.gru import GRUCell
from kineograph.nets.cells.lstm import LSTMCell
from kineograph.nets.cells.mdlstm import MDLSTMCell
from kineograph.nets.cells.mingru import MinGRUCell
from kineograph.nets.cells.rnn import RNNCell

OVER_TIME = {"rnn": RNNCell, "lstm": LSTMCell, "gru": GRUCell, "mingru": MinGRUCell}
OF_MAPS = {"convlstm": ConvLSTMCell}  # over time, too; their inputs are maps (B, C, H, W)
OVER_GRID = {"mdlstm": MDLSTMCell}  # two neighbours instead of one step before
