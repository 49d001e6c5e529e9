"""Models of the section reinforcement."""
