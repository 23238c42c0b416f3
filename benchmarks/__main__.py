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

for benchmark in (
    startup, decode, flow, lecture, training, folds, step, live, convlstm, resnet3d, ctc_beam,
):  # fmt: skip
ALL = (startup, decode, flow, lecture, training, folds, step, live, convlstm, mdlstm, resnet3d)
for benchmark in ALL:
    benchmark.main()
