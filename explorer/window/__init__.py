"""The window half: Qt and numpy, never torch."""
