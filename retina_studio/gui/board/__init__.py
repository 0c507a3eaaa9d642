"""The adjudication board: what the graders said of one image side by side, and the senior's decision on each item."""
