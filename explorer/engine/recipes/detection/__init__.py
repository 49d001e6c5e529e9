"""Recipes of the section detection."""
