"""A fair bake-off of cells: RNN, LSTM, GRU, minGRU (and ConvLSTM) inside four whole systems.

    python -m benchmarks.cells --seconds 60 --seeds 2 --page docs/cells.md --json
    python -m benchmarks.cells --data DIR …        a character model of DIR/text/tinyshakespeare.txt

The rules are written down in docs/cells.md and kept in code:

    width.py      equal weights: the width of each cell is solved, or the run is refused
    training.py   equal time: seconds of the processor, and the rate's cycle stretched over them
    bakeoff.py    equal care: the same search of the learning rate for each cell, the same seeds
    systems.py    the four systems, their data, and what is measured
    table.py      what came out: a table and a picture
"""
