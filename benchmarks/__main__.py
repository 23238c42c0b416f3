"""All of them: `make bench`."""

from . import decode, startup, step, training

for benchmark in (startup, decode, training, step):
    benchmark.main()
