"""report.html: one self-contained page that says what a run did, how good the weights are, and beside what."""
