"""The engine half: torch, never Qt."""
