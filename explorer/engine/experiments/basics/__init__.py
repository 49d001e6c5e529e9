"""Claims of the section basics."""
