"""The frozen program `retina-train`: the training module, which the application starts as its own process."""

import sys
from multiprocessing import freeze_support

freeze_support()

# Processes that train together are started as PROGRAM SCRIPT ARGUMENTS; here both are this program, by its full path.
sys.argv[0] = sys.executable
if sys.argv[1:2] == [sys.executable]:
    del sys.argv[1]

from training.cli import main  # noqa: E402

main()
