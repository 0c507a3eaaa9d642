"""Loss functions: one file a model, each with its paper's own form of Dice (models.md 0)."""
