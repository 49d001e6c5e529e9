"""From a name to loaded weights."""
