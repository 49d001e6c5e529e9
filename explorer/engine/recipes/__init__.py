"""How each bundled weight was made."""
