"""What the window may ask for, one file a section."""
