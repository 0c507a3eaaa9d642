"""The papers' comparison systems, trained the same way on the same data as the models."""
