"""Synthetic fundus photographs, OCT B-scans and graders with exactly known labels, drawn from a seed."""
