"""All of them: `make bench`."""

from . import (
    convlstm,
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

ALL = (startup, decode, flow, lecture, training, folds, step, live, convlstm, mdlstm, resnet3d)
for benchmark in ALL:
    benchmark.main()
