"""The claims as experiments."""
