"""Opens what the user brings."""
