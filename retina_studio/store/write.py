"""Write a curated store: beside the old file, verified, fsynced, then renamed into its place."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from retina_studio import __version__
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import sync_folder
from retina_studio.store.curated import CuratedImage, Plane
from retina_studio.store.layout import (
    CHUNK,
    LAYOUT_VERSION,
    LIBVER,
    MASK_GZIP,
    PIXEL_GZIP,
    USER_BLOCK,
    content_hash,
    seal,
    to_json,
)
from retina_studio.store.sink import Sink
from retina_studio.store.verify import verify_snapshot

if sys.platform != "win32":
    import fcntl


def write_snapshot(
    path: Path,
    images: Iterable[CuratedImage],
    *,
    study_id: str,
    rules: Mapping[str, Any],
    progress: Callable[[int], None] | None = None,
) -> str:
    """Write a snapshot, one image in memory at a time; returns its content hash.

    A file that was at `path` stays whole until the new one is complete, verified and on disk. Whatever goes wrong,
    the half-written file (`path` + ".part") is removed. `progress` is called with the number of images written.

    Raises:
        RetinaError: an image comes twice, the disk is full, or the file cannot be written. What `images` itself
            raises passes through.
    """
    part = path.with_name(path.name + ".part")
    with _storage_errors(path):
        rules = json.loads(to_json(rules))  # as they will be read back: tuples become lists, keys text
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = _open_alone(part)
    try:
        with opened:
            named = _write_content(opened, path, images, study_id, rules, progress)
            with _storage_errors(path):
                _seal(opened)
            if problems := verify_snapshot(part):
                raise RetinaError(f"{path} was not written as it should be: {problems[0]}")
        with _storage_errors(path):
            part.replace(path)
            sync_folder(path.parent)
    finally:
        with suppress(OSError):  # gone already
            part.unlink()
    return named


def _open_alone(part: Path) -> BinaryIO:
    """The part file, empty; a second process that writes the same store is turned away (not on Windows).

    What a killed writer left is written over: its lock died with it.
    """
    file = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b", 0)
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise OSError(f"another process is writing {part.name}") from error
        except OSError:
            pass  # a network file system without locks
    file.truncate(0)
    return file


def _write_content(
    opened: BinaryIO,
    path: Path,
    images: Iterable[CuratedImage],
    study_id: str,
    rules: Mapping[str, Any],
    progress: Callable[[int], None] | None,
) -> str:
    """Write everything but the seal; `path` is for the error's sentence."""
    records: dict[str, dict[str, Any]] = {}
    with Sink(opened) as sink:
        with h5py.File(sink, "w", userblock_size=USER_BLOCK, libver=LIBVER) as file:
            for image in images:
                if image.name in records:
                    raise RetinaError(
                        f"Two images are named {image.name}: a curated store needs one of each."
                    )
                with _storage_errors(path):
                    records[image.name] = _write_image(file, image)
                    sink.check()
                if progress is not None:
                    progress(len(records))
            with _storage_errors(path):
                ordered = [records[name] for name in sorted(records)]
                named = _write_index(file, ordered, study_id, rules)
        with _storage_errors(path):
            sink.check()
    return named


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    """What h5py and the file system raise, in one sentence."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RetinaError(f"The curated store {path} could not be written: {reason}.") from error


def _write_index(
    file: h5py.File, records: list[dict[str, Any]], study_id: str, rules: Mapping[str, Any]
) -> str:
    named = content_hash(records, rules)
    _write_texts(file, "rules", [to_json(rules)])
    _write_texts(file, "index", [to_json(record) for record in records])
    file.attrs["layout"] = LAYOUT_VERSION
    file.attrs["content_hash"] = named
    file.attrs["study_id"] = study_id
    file.attrs["software_version"] = __version__
    file.attrs["written_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    return named


def _write_image(file: h5py.File, image: CuratedImage) -> dict[str, Any]:
    """Write the datasets of one image; returns its record for the index."""
    group = file.create_group(f"images/{image.name}")
    sums = {"pixels": _write_plane(group, "pixels", image.pixels, PIXEL_GZIP)}
    for code, mask in image.masks.items():
        sums[f"masks/{code}"] = _write_plane(group, f"masks/{code}", mask, MASK_GZIP)
    texts = {
        "shapes": [shape.to_dict() for shape in image.shapes],
        "votes": dict(image.votes),
        "layers": {grader: grading.to_dict() for grader, grading in image.layers.items()},
    }
    for part, value in texts.items():
        sums[part] = _write_texts(group, part, [to_json(value)])
    return {
        "name": image.name,
        "modality": image.modality,
        "eye": image.eye,
        "patient": image.patient,
        "split": image.split,
        "source_sha256": image.source_sha256,
        "height": image.pixels.shape[0],
        "width": image.pixels.shape[1],
        "channels": 1 if image.pixels.ndim == 2 else 3,
        "grades": dict(image.grades),
        "points": {code: [float(x), float(y)] for code, (x, y) in image.points.items()},
        "sha256": sums,
    }


def _write_plane(group: h5py.Group, name: str, values: Plane, level: int) -> str:
    chunks = (min(CHUNK, values.shape[0]), min(CHUNK, values.shape[1]), *values.shape[2:])
    values = np.ascontiguousarray(values)
    group.create_dataset(name, data=values, chunks=chunks, compression="gzip", compression_opts=level)
    return hashlib.sha256(values.data).hexdigest()


def _write_texts(group: h5py.Group, name: str, texts: list[str]) -> str:
    """ASCII texts as fixed-length strings, which unlike variable ones compress and keep out of the global heap."""
    encoded = [text.encode("ascii") for text in texts]
    kind = h5py.string_dtype("utf-8", max((len(text) for text in encoded), default=1))
    values = np.array(encoded, dtype=kind)
    options = {"chunks": (1,), "compression": "gzip", "compression_opts": PIXEL_GZIP} if texts else {}
    group.create_dataset(name, data=values, dtype=kind, **options)
    return hashlib.sha256(b"".join(encoded)).hexdigest()


def _seal(file: BinaryIO) -> None:
    block = seal(file)
    file.seek(0)
    file.write(block)
    os.fsync(file.fileno())
