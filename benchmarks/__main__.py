"""All of them: `make bench`."""

from . import decode, flow, folds, lecture, startup, step, training

for benchmark in (startup, decode, flow, lecture, training, folds, step):
    benchmark.main()
