"""Grids of runs on one snapshot: ablations and comparisons, each one command, and the tables that they end in."""
