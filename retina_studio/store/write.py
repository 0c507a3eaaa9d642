"""Write a curated store: beside the old file, verified, fsynced, then renamed into its place."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from retina_studio import __version__
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import sync_folder
from retina_studio.store.curated import CuratedImage
from retina_studio.store.layout import (
    LAYOUT_VERSION,
    LIBVER,
    MASK_GZIP,
    PIXEL_GZIP,
    TEXT_ROWS,
    USER_BLOCK,
    content_hash,
    seal,
    text_hash,
    to_json,
)
from retina_studio.store.planes import Packed, pack, write_packed
from retina_studio.store.read import Snapshot
from retina_studio.store.sink import Sink
from retina_studio.store.verify import verify_snapshot

if sys.platform != "win32":
    import fcntl

_NAME = 16  # digits of the content hash that name a file


@dataclass(frozen=True)
class _Origin:
    """What the file's attributes and `rules` say of where it comes from."""

    study_id: str
    rules: Mapping[str, Any]
    audit_head: str
    audit_rows: int


def is_folder(out: Path) -> bool:
    """Whether a place to write to means a folder of snapshots named by their content, and not one file NAME.h5."""
    return out.is_dir() or out.suffix.lower() not in (".h5", ".hdf5")


def snapshot_path(out: Path, digest: str) -> Path:
    """The file that `write_snapshot` makes for `out` when the content has this hash."""
    return out / f"{digest[:_NAME]}.h5" if is_folder(out) else out


def write_snapshot(
    out: Path,
    images: Iterable[CuratedImage],
    *,
    study_id: str,
    rules: Mapping[str, Any],
    audit_head: str = "",
    audit_rows: int = 0,
    progress: Callable[[int], object] | None = None,
) -> str:
    """Write a snapshot that nobody may write to, two images in memory at a time; returns its content hash.

    `out` is the file (NAME.h5), or a folder, where the file is named by its content: one of the same content that is
    there already, and whole, stays as it is. A file that was in its place stays whole until the new one is complete,
    verified and on disk. Whatever goes wrong, the half-written file (`.part`) is removed. `progress` is called with
    the number of images written. `audit_head` and `audit_rows` are the hash of the last row of the study's audit trail
    and how many rows it has.

    Raises:
        RetinaError: an image comes twice, the disk is full, or the file cannot be written. What `images` itself
            raises passes through.
    """
    origin = _Origin(study_id, rules, audit_head, audit_rows)
    folder = is_folder(out)
    part = out / "snapshot.h5.part" if folder else out.with_name(out.name + ".part")
    with _storage_errors(out):
        made = _make_folder(part.parent)
        opened = _open_alone(part)
    written = False
    try:
        with opened:
            named = _write_content(opened, out, images, origin, progress)
            with _storage_errors(out):
                _seal(opened)
            if problems := verify_snapshot(part):
                raise RetinaError(f"{out} was not written as it should be: {problems[0]}")
        path = snapshot_path(out, named)
        if not (folder and _holds(path, named)):
            with _storage_errors(path):
                _put_in_place(part, path)
        written = True
    finally:
        with suppress(OSError):  # gone already
            part.unlink()
        if made and not written:
            with suppress(OSError):  # somebody else put something into it
                part.parent.rmdir()
    return named


def _make_folder(folder: Path) -> bool:
    """Whether there was none."""
    if folder.is_dir():
        return False
    folder.mkdir(parents=True)
    return True


def _holds(path: Path, named: str) -> bool:
    """Whether a whole snapshot of this content is there; a damaged one may be replaced, another one not."""
    if not path.exists() or verify_snapshot(path):
        return False
    with Snapshot(path) as snapshot:
        if snapshot.content_hash != named:
            raise RetinaError(f"{path} holds a snapshot of another content: move it to another folder.")
    return True


def _put_in_place(part: Path, path: Path) -> None:
    if sys.platform == "win32" and path.exists():
        path.chmod(0o600)  # Windows replaces no read-only file
    part.replace(path)
    path.chmod(path.stat().st_mode & 0o444)
    sync_folder(path.parent)


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
    out: Path,
    images: Iterable[CuratedImage],
    origin: _Origin,
    progress: Callable[[int], object] | None,
) -> str:
    """Write everything but the seal; `out` is for the error's sentence."""
    with _storage_errors(out):
        rules = json.loads(to_json(origin.rules))  # as they will be read back: tuples become lists, keys text
    records: dict[str, bytes] = {}  # as text: 12,000 records as objects would take ten times the memory
    with Sink(opened) as sink:
        with h5py.File(sink, "w", userblock_size=USER_BLOCK, libver=LIBVER) as file:
            _bound_cache(file)
            for image in _packed_ahead(images, out):
                with _storage_errors(out):
                    records[image.name] = _write_image(file, image)
                    sink.check()
                if progress is not None:
                    progress(len(records))
            with _storage_errors(out):
                named = _write_index(file, [records[name] for name in sorted(records)], origin, rules)
        with _storage_errors(out):
            sink.check()
    return named


def _bound_cache(file: h5py.File) -> None:
    """HDF5 keeps up to 32 MB of what it knows of its objects; written images are never looked at again."""
    settings = file.id.get_mdc_config()
    settings.set_initial_size = True
    settings.min_size, settings.initial_size, settings.max_size = 1 << 19, 1 << 20, 1 << 21
    file.id.set_mdc_config(settings)


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    """What h5py and the file system raise, in one sentence."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RetinaError(f"The curated store {path} could not be written: {reason}.") from error


def _write_index(file: h5py.File, records: list[bytes], origin: _Origin, rules: Mapping[str, Any]) -> str:
    named = content_hash(records, rules)
    _write_texts(file, "rules", [to_json(rules).encode("ascii")])
    _write_texts(file, "index", records)
    file.attrs["layout"] = LAYOUT_VERSION
    file.attrs["content_hash"] = named
    file.attrs["study_id"] = origin.study_id
    file.attrs["software_version"] = __version__
    file.attrs["written_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    file.attrs["audit_head"] = origin.audit_head
    file.attrs["audit_rows"] = origin.audit_rows
    return named


@dataclass(frozen=True, eq=False)
class _PackedImage:
    """An image whose planes are being compressed; `record` still lacks the checksums."""

    name: str
    planes: Mapping[str, Packed]
    texts: Mapping[str, bytes]
    record: dict[str, Any]


def _packed_ahead(images: Iterable[CuratedImage], out: Path) -> Iterator[_PackedImage]:
    """Each image packed; while one is compressed, the next is made by `images`."""
    names = set()
    before = None
    with ThreadPoolExecutor(os.cpu_count() or 1) as workers:
        try:
            for image in images:
                if image.name in names:
                    raise RetinaError(
                        f"Two images are named {image.name}: a curated store needs one of each."
                    )
                names.add(image.name)
                with _storage_errors(out):
                    packed = _pack_image(image, workers)
                if before is not None:
                    yield before
                before = packed
                del image, packed  # so that no more than two are in memory
            if before is not None:
                yield before
        finally:
            workers.shutdown(cancel_futures=True)


def _pack_image(image: CuratedImage, workers: Executor) -> _PackedImage:
    texts = {
        "shapes": [entry.to_dict() for entry in image.shapes],
        "votes": dict(image.votes),
        "decisions": [decision.to_dict() for decision in image.decisions],
        "agreement": dict(image.agreement),
        "layers": {grader: grading.to_dict() for grader, grading in image.layers.items()},
    }
    planes = {"pixels": pack(image.pixels, PIXEL_GZIP, workers)}
    for code, mask in image.masks.items():
        planes[f"masks/{code}"] = pack(mask, MASK_GZIP, workers)
    record = {
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
    }
    encoded = {part: to_json(value).encode("ascii") for part, value in texts.items()}
    return _PackedImage(image.name, planes, encoded, record)


def _write_image(file: h5py.File, image: _PackedImage) -> bytes:
    """Write the datasets of one image; returns its record for the index."""
    group = file.create_group(f"images/{image.name}")
    sums = {part: write_packed(group, part, packed) for part, packed in image.planes.items()}
    for part, text in image.texts.items():
        _write_texts(group, part, [text])
        sums[part] = text_hash(text)
    return to_json({**image.record, "sha256": sums}).encode("ascii")


def _write_texts(group: h5py.Group, name: str, texts: list[bytes]) -> None:
    """ASCII texts as fixed-length strings, which unlike variable ones compress and keep out of the global heap."""
    kind = h5py.string_dtype("utf-8", max((len(text) for text in texts), default=1))
    rows = min(TEXT_ROWS, len(texts))
    options = {"chunks": (rows,), "compression": "gzip", "compression_opts": PIXEL_GZIP} if texts else {}
    dataset = group.create_dataset(name, shape=(len(texts),), dtype=kind, **options)
    for start in range(0, len(texts), TEXT_ROWS):
        dataset[start : start + TEXT_ROWS] = np.array(texts[start : start + TEXT_ROWS], dtype=kind)


def _seal(file: BinaryIO) -> None:
    block = seal(file)
    file.seek(0)
    file.write(block)
    os.fsync(file.fileno())
