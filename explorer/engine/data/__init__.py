"""The sets that recipes and experiments use."""
