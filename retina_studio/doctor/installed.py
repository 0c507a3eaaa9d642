"""The versions of the application and what it stands on, its extras, and its weights."""

import hashlib
import importlib.metadata
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from retina_studio import __version__, paths
from retina_studio.domain.errors import RetinaError

from .finding import Finding

_PACKAGES = (
    "PySide6-Essentials", "torch", "torchvision", "numpy", "opencv-python", "shapely", "h5py", "SQLAlchemy",
    "alembic", "pydantic", "safetensors", "pydicom", "pillow",
)  # fmt: skip
_EXTRAS = {
    "psycopg": ("postgres", "a study that many graders share"),
    "oct-converter": ("oct", "vendors' OCT files"),
    "python-gdcm": ("dicom", "lossless JPEG in DICOM files"),
}
_MODELS = ("disc", "glaucoma", "lesion", "oct", "ppa")
_AGAIN = "install the application again"
_HASH = re.compile(r"SHA-256 `([0-9a-f]{64})`")


def versions() -> Iterator[Finding]:
    """The application, Python, and the packages that it cannot do without."""
    yield Finding("Retina Studio", __version__)
    yield Finding("Python", f"{platform.python_version()} on {platform.platform()}")
    for package in _PACKAGES:
        yield _package(package)


def extras() -> Iterator[Finding]:
    """What only some need: its absence is no fault."""
    for package, (extra, purpose) in _EXTRAS.items():
        version = _version(package)
        value = version or f"not installed; for {purpose}: pip install 'retina-studio[{extra}]'"
        yield Finding(package, value)


def weights() -> Iterator[Finding]:
    """The shipped weights against their model cards, and the versions that were added on this computer."""
    from retina_studio.inference.registry import Registry  # noqa: PLC0415 - not needed by all of doctor

    registry = Registry()
    for stem in _MODELS:
        yield _shipped(registry.shipped / f"{stem}.safetensors", stem)
    try:
        added = [version for version in registry.versions() if version.origin != "shipped"]
        for version in added:
            registry.file(version)
    except RetinaError as error:
        yield Finding(
            "Weights added here", str(error), "attention", "import them again in Proposals > Models"
        )
    else:
        yield Finding("Weights added here", str(len(added)))


def _shipped(file: Path, stem: str) -> Finding:
    from retina_studio.inference.registry.header import read_header  # noqa: PLC0415

    what = f"Weights {stem}"
    try:
        found = read_header(file)
    except RetinaError as error:
        return Finding(what, str(error), "attention", f"no proposals of {stem} without them: {_AGAIN}")
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    card = paths.model_card(stem)
    stated = _HASH.search(card.read_text("utf-8")) if card else None
    if found.stem != stem or (stated and stated[1] != digest):
        return Finding(what, f"{digest[:12]}, not what its model card says", "attention", _AGAIN)
    checked = "as its model card says" if stated else "whole; no model card to compare it with"
    return Finding(what, f"{digest[:12]}, {checked}")


def _package(package: str) -> Finding:
    version = _version(package)
    if not version:
        return Finding(package, "not installed", "missing", _AGAIN)
    if package.startswith("PySide6") and version.startswith("6.12.0") and sys.version_info < (3, 12):
        advice = "install PySide6-Essentials below 6.12, or use Python 3.12"
        return Finding(package, f"{version}, which aborts on Python 3.11", "missing", advice)
    return Finding(package, version)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
