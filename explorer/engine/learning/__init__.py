"""One loop for each way of learning."""
