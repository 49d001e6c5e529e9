"""What sets one system apart: one file a system."""
