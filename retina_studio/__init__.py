"""Retina Studio: annotate, adjudicate and retrain on retinal images."""

__version__ = "1.0.0"
