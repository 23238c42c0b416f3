"""What a sample is: annotations on disk, splits without leaks, frames chosen by time, batches."""
