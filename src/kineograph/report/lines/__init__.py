"""Reports of line readers: what was read beside what stands there, scored and shown."""
