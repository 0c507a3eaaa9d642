"""The models' window: versions of their weights, and what changed between two of them."""
