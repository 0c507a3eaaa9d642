"""The pictures of the documentation: `python -m installer.screenshots` takes them from the real windows."""
