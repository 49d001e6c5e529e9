"""The few pieces three models share."""
