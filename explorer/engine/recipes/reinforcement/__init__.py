"""Recipes of the bundled agents."""
