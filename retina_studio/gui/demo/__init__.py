"""The demo: one study carried through the whole river in the real window, with pictures and a report."""
