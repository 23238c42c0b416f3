"""Speed as ratios against named peers, measured in alternating rounds of one run."""
