"""What a leader sees and what the public sees: punctuality and satisfaction, each figure with its definition."""
