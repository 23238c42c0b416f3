"""From a run folder's files alone to scores, comparisons and pages: no network, no torch."""
