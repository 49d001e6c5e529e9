"""Widgets that draw results: numpy in, signals out."""
