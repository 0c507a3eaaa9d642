"""Read the header of a weights file without loading it, nor torch: what it says of itself, within limits.

The file may come from anybody, so nothing here is believed before it is checked.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError

from .version import Facts, check_json, facts_from_dict, is_hash

LARGEST = 2**30  # bytes of a file; the largest network of the model table has a fifth of that
_PREFIX = 8  # bytes that give the length of the header
_LARGEST_HEADER = 2**22
_LARGEST_OURS = 2**18  # characters of what is ours in it
_LARGEST_AREA = 2**22  # pixels of a network's input: more would run out of memory
_LARGEST_OPTION, _MOST_OPTIONS = 2**14, 64
_OURS = "retina_studio"
_KEYS = {
    "stem", "size", "options", "preprocessing", "stages", "metrics", "store_hash", "recipe", "software",
}  # fmt: skip
_LATER = {"parent", "postprocess"}  # files of before these were known lack them
_PROGRAMS = "which can hold programs that would run when it is opened"
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", f"a PyTorch or ZIP file, {_PROGRAMS}"),
    (b"\x80", f"a pickle, {_PROGRAMS}"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"GGUF", "a GGUF file"),
)


@dataclass(frozen=True)
class Header:
    """Which model a file is for, how it was made, and the hash of the weights it was trained from, "" for none."""

    stem: str
    facts: Facts
    parent: str = ""


def read_header(path: Path) -> Header:
    """The header of a file; of the rest nothing is read.

    Raises:
        RetinaError: it cannot be read, or is no weights file of this application.
    """
    try:
        with path.open("rb") as file:
            return header_of(path, file.read(_PREFIX + _LARGEST_HEADER))
    except OSError as error:
        raise RetinaError(f"The weights {path} cannot be read: {error.strerror}.") from error


def header_of(path: Path, data: bytes) -> Header:
    """The header of what a file begins with; `path` is for the sentences.

    Raises:
        RetinaError: it is no weights file of this application, saying why.
    """
    length = int.from_bytes(data[:_PREFIX], "little")
    if data[_PREFIX : _PREFIX + 1] != b"{":
        kinds = (kind for magic, kind in _KINDS if data.startswith(magic))
        kind = next(kinds, "no safetensors file")
        raise RetinaError(f"{path} is {kind}: only safetensors files of Retina Studio are taken in.")
    if length > _LARGEST_HEADER or length > len(data) - _PREFIX:
        raise RetinaError(f"{path} is cut short or damaged: its header does not fit into it.")
    try:
        return _header(_ours(json.loads(data[_PREFIX : _PREFIX + length])))
    except RecursionError as error:
        raise RetinaError(f"The header of {path} cannot be understood: it is nested too deeply.") from error
    except ValueError as error:
        raise RetinaError(f"The header of {path} cannot be understood: {error}.") from error


def _ours(header: Any) -> Mapping[str, Any]:
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    if not isinstance(metadata, dict) or not isinstance(metadata.get(_OURS), str):
        raise ValueError("it was not written by Retina Studio and does not say what it is for")
    unknown = sorted(
        set(metadata) - {_OURS, "format"}
    )  # other tools add "format" when they save a file again
    if unknown:
        raise ValueError(f"it holds {unknown[0][:40]!r}, which is not known here")
    if len(metadata[_OURS]) > _LARGEST_OURS:
        raise ValueError("it is too large")
    form = json.loads(metadata[_OURS])
    if not isinstance(form, dict) or set(form) - _LATER != _KEYS:
        wrong = sorted(_KEYS ^ (set(form) - _LATER)) if isinstance(form, dict) else sorted(_KEYS)
        raise ValueError(f"it lacks or should not have {wrong[0][:40]!r}")
    check_json(form)
    return form


def _header(form: Mapping[str, Any]) -> Header:
    stem, spec = form["stem"], form["preprocessing"]
    if not isinstance(stem, str) or not stem.isidentifier():
        raise ValueError("its model is no name")
    _check_options(form["options"])
    if not isinstance(spec, dict):
        raise ValueError("its preprocessing is written wrongly")
    _check_numbers(spec)
    sides = [spec.get("channels", 3), spec.get("height"), spec.get("width")]
    facts = {name: form[name] for name in ("size", "stages", "metrics", "store_hash", "recipe", "software")}
    checked = facts_from_dict({**facts, "input": sides})
    if checked.input[1] * checked.input[2] > _LARGEST_AREA:
        raise ValueError(f"its input of {sides[2]} x {sides[1]} pixels is larger than any model's")
    parent = form.get("parent", "")
    if parent != "" and not is_hash(parent):
        raise ValueError("its parent is no hash")
    return Header(stem, checked, parent)


def _check_options(options: Any) -> None:
    """Numbers that would make a network of thousands of layers, or of huge ones, end here."""
    if not isinstance(options, dict) or len(options) > _MOST_OPTIONS:
        raise ValueError("its options are written wrongly")
    values = list(options.values())
    while values:
        value = values.pop()
        if isinstance(value, list):
            if len(value) > _MOST_OPTIONS:
                raise ValueError("its options are larger than any model's")
            values += value
        elif isinstance(value, int | float) and not abs(value) <= _LARGEST_OPTION:
            raise ValueError("its options are larger than any model's")
        elif isinstance(value, dict):
            raise ValueError("its options are written wrongly")


def _check_numbers(spec: Mapping[str, Any]) -> None:
    for name, value in spec.items():
        numbers = value if isinstance(value, list) else [value]
        for number in numbers:
            if isinstance(number, dict | list) or (isinstance(number, float) and not math.isfinite(number)):
                raise ValueError(f"the {name[:40]} of its preprocessing is written wrongly")
    tiles = spec.get("clahe_tiles", 1)
    if not isinstance(tiles, int):
        raise ValueError("the clahe_tiles of its preprocessing is written wrongly")
