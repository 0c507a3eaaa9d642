"""The agreement dashboard: how far the graders agree, as charts and tables in a window of its own."""
