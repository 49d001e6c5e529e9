"""Recipes of the section recognition."""
