"""Metrics with the papers' exact conventions: one file a model, and what they share."""
