"""What is shown while no study is open, and how the first one is made."""
