"""Where the application's own files are, and where it may write.

Resources lie in one of three places: beside the package in a checkout, inside the package in an installed
wheel, and under the unpacking folder in a frozen application.
"""

import sys
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

_PACKAGE = Path(__file__).resolve().parent


def resources() -> Path:
    """The folder of the label catalogue, icons, theme and shipped weights.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "resources"] if frozen else []
    candidates += [_PACKAGE / "resources", _PACKAGE.parent / "resources"]
    for folder in candidates:
        if (folder / "labels.toml").is_file():
            return folder
    raise FileNotFoundError("Retina Studio's resources folder is missing: install the application again.")


def shipped_weights() -> Path:
    """The folder of the weights that come with the application, one file a model."""
    return resources() / "weights"


def model_card(stem: str) -> Path | None:
    """The card of a model's shipped weights: beside them, or in a checkout's documentation; None where it is not."""
    places = (shipped_weights(), resources().parent / "docs" / "model-cards")
    return next((card for folder in places if (card := folder / f"{stem}.md").is_file()), None)


def training_command() -> list[str]:
    """What starts the training module as its own process, to be followed by its arguments (`run`, `evaluate`, ...).

    A frozen application has no interpreter to give a module to: there it is a program of its own, in the same folder.
    """
    if getattr(sys, "frozen", False):
        program = Path(sys.executable).with_name("retina-train")
        return [str(program.with_suffix(Path(sys.executable).suffix))]
    return [sys.executable, "-m", "training"]


def user_data() -> Path:
    """The person's own folder for weights, logs and settings; created on first use, readable by them only."""
    folder = user_data_path("retina-studio", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def user_cache() -> Path:
    """The person's own folder for what can be made again (thumbnails); created on first use, readable by them only."""
    folder = user_cache_path("retina-studio", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
