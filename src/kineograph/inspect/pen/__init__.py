"""Inside of a network that writes by hand: its window, and where it sees the pen go."""
