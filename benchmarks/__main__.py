"""All of them: `make bench`."""

from . import convlstm, decode, flow, folds, lecture, live, resnet3d, startup, step, training

for benchmark in (startup, decode, flow, lecture, training, folds, step, live, convlstm, resnet3d):
    benchmark.main()
