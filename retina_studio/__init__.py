"""Retina Studio: annotate, adjudicate and retrain on retinal images."""

__version__ = "0.1.0"
