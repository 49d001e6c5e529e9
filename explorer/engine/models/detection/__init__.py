"""Models of the section detection."""
