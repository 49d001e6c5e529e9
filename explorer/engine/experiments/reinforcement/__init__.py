"""Claims of the section reinforcement."""
