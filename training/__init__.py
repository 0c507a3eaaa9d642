"""The training module, run as its own process: `python -m training`."""
