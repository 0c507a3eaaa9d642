"""OCT volumes in the vendors' own files, through oct-converter and eyepy: the optional extra `oct`.

The adapter takes pixels, eye, date, spacing and identity, and nothing else. Both packages are imported late.
"""

import importlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import Pixels, check_size, to_8_bits
from retina_studio.images.scan_facts import ScanFacts

SUFFIXES = {
    ".e2e": "Heidelberg E2E", ".vol": "Heidelberg VOL", ".fda": "Topcon FDA", ".fds": "Topcon FDS", ".img": "Zeiss IMG",
    ".oct": "Bioptigen OCT",
}  # fmt: skip
_EYES = {"R": "OD", "L": "OS", "OD": "OD", "OS": "OS"}


@dataclass(frozen=True)
class Volume:
    """Facts of the header and the B-scans in order, 8-bit grey (H, W)."""

    facts: ScanFacts
    frames: list[Pixels]


def read_volume(content: bytes, name: str) -> Volume:
    """The B-scans of a vendor's file.

    Raises:
        RetinaError: the extra is not installed, or the file is damaged, of another kind, or holds no volume.
    """
    suffix = PurePath(name).suffix.lower()
    kind = SUFFIXES[suffix]
    read = _read_vol if suffix == ".vol" else _read_converter
    try:
        with tempfile.TemporaryDirectory() as folder:  # both readers want a path; it is the owner's only
            path = Path(folder) / f"scan{suffix}"
            path.write_bytes(content)
            volume = read(path)
    except ModuleNotFoundError as error:
        raise RetinaError(
            f"{name} is a {kind} file, whose reader is not installed: pip install 'retina-studio[oct]'."
        ) from error
    except RetinaError:
        raise
    except Exception as error:  # the readers do not check what they parse
        raise RetinaError(
            f"{name} cannot be read as a {kind} file: it is damaged or of another kind."
        ) from error
    if not volume.frames:
        raise RetinaError(f"{name} holds no OCT B-scan.")
    for frame in volume.frames:
        check_size(frame.shape[1], frame.shape[0], name)
    return volume


def _read_vol(path: Path) -> Volume:
    """Heidelberg's .vol, any scan pattern. Values lie in 0-1, shown by their fourth root; above that is "no data"."""
    header = importlib.import_module("eyepy.io.he.vol_reader").HeVolReader(path).parsed_file
    identity = str(header.patient_id).split("\x00")[0].strip()
    facts = ScanFacts(
        modality="oct",
        eye=_EYES.get(str(header.scan_position)[:2], ""),
        patient=identity,
        names=(identity,) if identity else (),
        acquired=_day(header.exam_time),
        spacing=_pair(header.scale_x, header.scale_y),
    )
    raw = [np.asarray(bscan.data, dtype=np.float32) for bscan in header.bscans]
    frames = [np.where((values >= 0) & (values <= 1), values, 0) ** 0.25 * 255 for values in raw]
    return Volume(facts, [np.rint(frame).astype(np.uint8) for frame in frames])


def _read_converter(path: Path) -> Volume:
    """Every other format; the longest volume of the file, which is its macular cube where it has several."""
    readers = importlib.import_module("oct_converter.readers")
    reader: Callable[[str], Any] = {
        ".e2e": readers.E2E, ".fda": readers.FDA, ".fds": readers.FDS, ".img": readers.IMG, ".oct": readers.BOCT,
    }[path.suffix]  # fmt: skip
    for module in ("fda", "fds"):
        _mend(importlib.import_module(f"oct_converter.readers.{module}"))
    found = reader(str(path)).read_oct_volume()
    volumes = found if isinstance(found, list) else [found]
    if not volumes:
        return Volume(ScanFacts(), [])
    volume = max(volumes, key=lambda each: len(each.volume))
    names = [str(text) for text in (volume.patient_id, volume.surname, volume.first_name) if text]
    spacing: list[float] = list(volume.pixel_spacing or [])
    upright = 2 if path.suffix in {".fda", ".fds"} else 1  # Topcon's readers put the slices' distance second
    facts = ScanFacts(
        modality="oct",
        eye=_EYES.get(str(volume.laterality or "").upper(), ""),
        patient=names[0] if names else "",
        names=tuple(names),
        acquired=_day(volume.acquisition_date),
        spacing=_pair(spacing[0], spacing[upright]) if len(spacing) > upright else None,
    )
    return Volume(facts, _grey(list(volume.volume)))


def _mend(module: ModuleType) -> None:
    """Quieten a reader and let it run: version 0.7.0 prints, and calls numpy.fromstring on bytes, which numpy 2.3
    removed in favour of frombuffer."""
    if module.__dict__.get("np") is np:
        module.__dict__["np"] = SimpleNamespace(**{**vars(np), "fromstring": np.frombuffer})
    module.__dict__["print"] = lambda *_, **__: None


def _grey(frames: Sequence[npt.NDArray[Any]]) -> list[Pixels]:
    """B-scans on one scale, so that they compare; what is not a number is black."""
    kept = [np.nan_to_num(np.asarray(frame), posinf=0.0, neginf=0.0) for frame in frames]
    kept = [frame if frame.dtype == np.uint8 else np.maximum(frame, 0) for frame in kept]
    brightest = max((float(frame.max()) for frame in kept), default=0.0)
    return [np.ascontiguousarray(to_8_bits(frame, brightest)) for frame in kept]


def _pair(x: Any, y: Any) -> tuple[float, float] | None:
    try:
        pair = float(x), float(y)
    except (TypeError, ValueError):
        return None
    return pair if 0 < pair[0] < 10 and 0 < pair[1] < 10 else None


def _day(value: Any) -> str:
    """The ISO date of a date, a datetime or its text; "" otherwise."""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value or "")
    return text[:10] if len(text) >= 10 and text[4] == "-" else ""
