"""All of them: `make bench`."""

from . import decode, flow, folds, startup, step, training

for benchmark in (startup, decode, flow, training, folds, step):
    benchmark.main()
