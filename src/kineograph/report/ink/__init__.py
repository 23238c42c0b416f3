"""What is told of a network that writes: report and summary."""
