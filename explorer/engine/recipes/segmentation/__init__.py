"""Recipes of the section segmentation."""
