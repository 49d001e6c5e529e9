"""The claims of the section detection."""
