"""Recipes of the section language."""
