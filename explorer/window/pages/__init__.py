"""One thin page a kind of task."""
