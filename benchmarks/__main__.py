"""All of them: `make bench`."""

from . import convlstm, decode, flow, folds, lecture, mdlstm, resnet3d, startup, step, training

for benchmark in (
    startup,
    decode,
    flow,
    lecture,
    training,
    folds,
    step,
    convlstm,
    mdlstm,
    resnet3d,
):
    benchmark.main()
