"""The window of retraining: what one click would do, the runs while they go on, and what the gate says of each."""
