"""Models of the section recognition."""
