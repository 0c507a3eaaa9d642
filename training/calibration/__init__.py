"""What is chosen on the validation split once weights are trained: thresholds and temperatures."""
