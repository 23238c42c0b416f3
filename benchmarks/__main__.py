"""All of them: `make bench`."""

from . import (
    convlstm,
    ctc_beam,
    decode,
    flow,
    folds,
    lecture,
    live,
    mdlstm,
    resnet3d,
    startup,
    step,
    training,
)

ALL = (
    startup, decode, flow, lecture, training, folds, step, live, convlstm, mdlstm, resnet3d,
    ctc_beam,
)  # fmt: skip
for benchmark in ALL:
    benchmark.main()
