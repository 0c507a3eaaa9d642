"""One task per model."""
