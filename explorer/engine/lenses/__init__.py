"""A model and an input give a result."""
