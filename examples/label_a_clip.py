"""Label a clip with a trained run, or with the network that comes with the package.

python examples/label_a_clip.py actors demo/clips/walking/actor60_walking_2.mp4
"""

import sys

import kineograph

run, clip = sys.argv[1:]
found = kineograph.load(run).predict(clip)
print(found)
for label, probability in sorted(found.probabilities.items(), key=lambda pair: -pair[1]):
    print(f"  {label:<16} {probability:6.1%}")
for segment in found.segments:
    print(f"  {segment.start_seconds:6.2f}–{segment.end_seconds:.2f} s  {segment.label}")
