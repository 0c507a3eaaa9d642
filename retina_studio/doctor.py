"""What this installation has and lacks, for the person who helps somebody else."""

import importlib.metadata
import os
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

from retina_studio import __version__, paths
from retina_studio.display import has_display

_PACKAGES = ("PySide6-Essentials", "torch", "torchvision", "numpy", "opencv-python", "h5py", "SQLAlchemy")


def findings() -> Iterator[tuple[str, str, bool]]:
    """(what, value, whether it is as it should be), line by line."""
    yield "Retina Studio", __version__, True
    yield "Python", f"{platform.python_version()} on {platform.platform()}", True
    for package in _PACKAGES:
        try:
            yield package, importlib.metadata.version(package), True
        except importlib.metadata.PackageNotFoundError:
            yield package, "not installed", False
    yield "GPU", _gpu(), True
    yield "Qt platform", _qt_platform(), True
    for name, folder in (("User data", paths.user_data()), ("Temporary files", Path(tempfile.gettempdir()))):
        writable = os.access(folder, os.W_OK)
        yield name, f"{folder} ({'writable' if writable else 'not writable'})", writable
    yield "Weights", _weights(), True


def _gpu() -> str:
    import torch  # noqa: PLC0415

    if torch.cuda.is_available():
        return ", ".join(torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count()))
    return "none: models run on the CPU"


def _qt_platform() -> str:
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if chosen:
        return f"{chosen} (set by QT_QPA_PLATFORM)"
    return "the system's own" if has_display() else "no display: only offscreen work"


def _weights() -> str:
    folders = (paths.user_data() / "weights", paths.shipped_weights())
    found = sorted({file.stem for folder in folders for file in folder.glob("*.safetensors")})
    return ", ".join(found) or "none yet: train a model"
