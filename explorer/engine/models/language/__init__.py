"""Models of the section language."""
