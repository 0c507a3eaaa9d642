"""The frozen program `retina-studio`: the application and its command line."""

from multiprocessing import freeze_support

# First: a worker process of the vote is this program too, and must become nothing else.
freeze_support()

from retina_studio.cli import main  # noqa: E402

main()
