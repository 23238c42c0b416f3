"""All of them: `make bench`."""

from . import convlstm, decode, flow, folds, lecture, resnet3d, startup, step, training

for benchmark in (startup, decode, flow, lecture, training, folds, step, convlstm, resnet3d):
    benchmark.main()
