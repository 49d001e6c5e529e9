"""Claims of the section language."""
