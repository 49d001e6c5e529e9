"""Claims of the section recognition."""
