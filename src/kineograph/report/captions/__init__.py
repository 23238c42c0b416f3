"""What a run that describes pictures came to."""
