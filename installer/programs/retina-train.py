"""The frozen program `retina-train`: the training module, which the application starts as its own process."""

import sys
from multiprocessing import freeze_support
from pathlib import Path

freeze_support()

# Processes that train together are started as PROGRAM SCRIPT ARGUMENTS; here both are this program.
if len(sys.argv) > 1 and Path(sys.argv[1]).resolve() == Path(sys.executable).resolve():
    del sys.argv[1]

from training.cli import main  # noqa: E402

main()
