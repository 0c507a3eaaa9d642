"""Held-out figures at the images' own resolution, by the code that inference runs."""
