"""The running systems of each section, found by explorer.engine.system.load."""
