"""Takes every picture into docs/images: phantoms only, in a folder that is gone afterwards."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


def main() -> None:
    """Take all pictures, or the ones that are named."""
    parser = argparse.ArgumentParser(prog="python -m installer.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="Only these pictures, e.g. window proposals.")
    parser.add_argument("--out", type=Path, default=IMAGES, help="Another folder.")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        # The person's own settings and weights have no say in what is pictured.
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            os.environ[variable] = home
        # Late: Qt and the paths read the environment.
        from installer.screenshots.scenes import take_all  # noqa: PLC0415

        for path in take_all(Path(home), chosen.out, chosen.names):
            sys.stdout.write(f"{path} {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
