"""Labels and timelines for files that a network has never seen."""
