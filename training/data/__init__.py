"""Training data from a curated snapshot: what a model needs, its examples, their cache, and the batches."""
