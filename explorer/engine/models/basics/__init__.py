"""Models of the section basics."""
