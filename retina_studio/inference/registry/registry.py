"""The model registry: every version of each model's weights that this person has, and which of them is used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.networks.files import write_atomically

from .header import read_header
from .index import Index, read_index, rolled_back, with_current, with_version, without, write_index
from .version import SHIPPED, SHORTEST, Deed, Event, Origin, State, Version, is_hash

if TYPE_CHECKING:
    from .checking import Checked

_SUFFIX = ".safetensors"
_PATIENCE = 20.0  # seconds to wait for another process that changes the registry
_LONGEST_NAME, LONGEST_REASON = 100, 500  # characters
_PLAIN = "It lay in the folder of weights, where it was the current file."


class Registry:
    """Weights by stem and hash, in a folder of immutable files with one index; reading takes no lock.

    Of each stem one version is current: the one that was promoted last, else the weights that came with the
    application. Processes may use one folder at the same time.

    Args:
        folder: where the files are; default: the person's own folder of weights.
        shipped: where those of the application are; default: its resources.
    """

    def __init__(self, folder: Path | None = None, shipped: Path | None = None) -> None:
        self.folder = folder or paths.user_data() / "weights"
        self.shipped = shipped or paths.shipped_weights()

    # Reading

    def versions(self, stem: str = "") -> tuple[Version, ...]:
        """All versions, or those of a stem, by stem: the shipped one first, then as they were added.

        Raises:
            RetinaError: the index or shipped weights are damaged.
        """
        index = self._read()
        known = sorted({v.stem for v in index.versions} | {file.stem for file in self._shipped_files()})
        listed: list[Version] = []
        for name in [name for name in known if stem in ("", name)]:
            file = self.shipped / f"{name}{_SUFFIX}"
            listed += [_shipped(file, index)] if file.is_file() else []
            listed += [version for version in index.versions if version.stem == name]
        return tuple(listed)

    def version(self, stem: str, which: str) -> Version:
        """The version that "shipped", "current", a hash or its first six digits or more name.

        Raises:
            RetinaError: there is none, or several.
        """
        versions = self.versions(stem)
        if which in (SHIPPED, "current"):
            found = [v for v in versions if which in (v.origin, v.state)]
        elif len(which) < SHORTEST:
            raise RetinaError(f"{which!r} is too short: give at least {SHORTEST} digits of the hash.")
        else:
            found = [v for v in versions if v.hash.startswith(which.lower())]
        if not found:
            raise RetinaError(f"There are no weights {which!r} of the model {stem}.")
        if len(found) > 1:
            raise RetinaError(f"{which!r} could be several weights of the model {stem}: give more digits.")
        return found[0]

    def events(self, stem: str = "") -> tuple[Event, ...]:
        """What was done, in order; of all stems or of one."""
        return tuple(event for event in self._read().events if stem in ("", event.stem))

    def file(self, version: Version) -> Path:
        """Where a version lies.

        Raises:
            RetinaError: the file is gone.
        """
        if version.origin == SHIPPED:
            return self.shipped / f"{version.stem}{_SUFFIX}"
        return self._kept(version.stem, version.hash)

    def current_file(self, stem: str) -> Path | None:
        """The file of the current version; None where there is none. Shipped weights are not looked into.

        Raises:
            RetinaError: the index is damaged, or the file is gone.
        """
        digest = self._read().current(stem)
        if digest:
            return self._kept(stem, digest)
        shipped = self.shipped / f"{stem}{_SUFFIX}"
        return shipped if shipped.is_file() else None

    def export(self, version: Version, out: Path) -> Path:
        """Copy a version to a new file, or into a folder; returns where it is.

        Raises:
            RetinaError: there is such a file, it cannot be written, or the version's own file was changed.
        """
        target = out / f"{version.stem}-{version.short}{_SUFFIX}" if out.is_dir() else out
        if target.exists():
            raise RetinaError(f"{target} is there already: name a new file.")
        data = _whole(self.file(version), version.hash)
        try:
            write_atomically(target, data)
        except OSError as error:
            raise RetinaError(f"{target} cannot be written: {error.strerror}.") from error
        return target

    # Changing

    def add(
        self, path: Path, by: str, *, origin: Origin = "imported", expected: str = "", parent: str = ""
    ) -> Version:
        """Take in a file as a candidate, once it has been checked whole.

        Args:
            path: the file; it is copied.
            by: who adds it.
            origin: "run" of a run on this computer, "imported" of anybody's file.
            expected: the SHA-256 (hex) that the person was told, "" for none.
            parent: the hash of the weights that it was trained from, as for `version`; "" where that is not known.

        Raises:
            RetinaError: it is refused or known already, and nothing was written.
        """
        from .checking import check_weights  # noqa: PLC0415 - torch takes seconds

        who = _text(by, _LONGEST_NAME, "name")
        checked = check_weights(path, expected)
        stem = checked.header.stem
        known_parent = self.version(stem, parent).hash if parent and not is_hash(parent) else parent
        if any(v.hash == checked.hash and v.origin == SHIPPED for v in self.versions(stem)):
            raise RetinaError(
                f"{path} holds the shipped weights of {stem}, which are in the registry always."
            )
        with self._changing() as save:
            index = self._read()
            known = index.find(stem, checked.hash)
            if known is not None and self._is_whole(stem, checked.hash):
                raise RetinaError(f"{path} is in the registry already, as {known.state} of {stem}.")
            self._store(stem, checked)
            if known is None:
                index, known = _added(
                    index, checked, who, origin, known_parent or checked.header.parent, str(path.name)
                )
                save(index)
        return known

    def promote(self, stem: str, which: str, by: str, why: str) -> Version:
        """Make a version the current one; the one before is retired.

        Raises:
            RetinaError: no such version, current already, no reason given, or its file is damaged.
        """
        version = self.version(stem, which)
        _whole(self.file(version), version.hash)
        replaced = next((v.hash for v in self.versions(stem) if v.state == "current"), "")
        event = _event("promote", stem, _in_index(version), by, why)
        self._change(lambda index: with_current(index, _after(event, index), replaced))
        return self.version(stem, version.hash)

    def retire(self, stem: str, which: str, by: str, why: str) -> Version:
        """Put a version away for good: no roll back leads to it. Of the current one the shipped weights take the place.

        Raises:
            RetinaError: no such version, retired already, shipped, or no reason given.
        """
        version = self.version(stem, which)
        if version.origin == SHIPPED:
            raise RetinaError("Shipped weights cannot be retired: promote others in their place.")
        event = _event("retire", stem, version.hash, by, why)
        self._change(lambda index: without(index, _after(event, index)))
        return self.version(stem, version.hash)

    def roll_back(self, stem: str, by: str, why: str) -> Version:
        """Make the version current that was so before the current one; the history of what was done stays.

        Raises:
            RetinaError: there was none before, its file is gone, or no reason given.
        """
        event = _event("roll back", stem, "", by, why)

        def back(index: Index) -> Index:
            after = rolled_back(index, _after(event, index))
            digest = after.current(stem)
            if digest:
                _whole(self._kept(stem, digest), digest)
            elif not (self.shipped / f"{stem}{_SUFFIX}").is_file():
                raise RetinaError(f"No weights of {stem} were current before these: nothing was changed.")
            return after

        self._change(back)
        return self.version(stem, "current")

    def take_in(self, stem: str) -> None:
        """Make STEM.safetensors in the folder, where older versions kept the current weights, a current version.

        Raises:
            RetinaError: the file is no weights file that can be used, or is for another model; it stays where it is.
        """
        plain = self.folder / f"{stem}{_SUFFIX}"
        if not plain.is_file():
            return
        from .checking import check_weights  # noqa: PLC0415 - torch takes seconds

        checked = check_weights(plain)
        if checked.header.stem != stem:
            raise RetinaError(f"{plain} is for the model {checked.header.stem}: move it away.")
        shipped = next((v.hash for v in self.versions(stem) if v.origin == SHIPPED), "")
        with self._changing() as save:
            if not plain.is_file():  # another process was first
                return
            index, digest = self._read(), "" if checked.hash == shipped else checked.hash
            if digest:
                self._store(stem, checked)
                if index.find(stem, digest) is None:
                    index, _ = _added(index, checked, "", "imported", "", plain.name)
            if index.current(stem) != digest:
                event = _after(Event(_now(), "", "promote", stem, digest, "", _PLAIN), index)
                index = with_current(index, event, index.current(stem) or shipped)
            save(index)
            plain.unlink()

    def take_in_all(self, stem: str = "") -> list[str]:
        """`take_in` for all stems or for one; returns a sentence for each file that cannot be taken in."""
        refused = []
        for plain in sorted(self.folder.glob(f"*{_SUFFIX}")):
            if "-" not in plain.stem and stem in ("", plain.stem):  # else a version's own file
                try:
                    self.take_in(plain.stem)
                except RetinaError as error:
                    refused.append(str(error))
        return refused

    # Inside

    def _read(self) -> Index:
        return read_index(self._index_file)

    @property
    def _index_file(self) -> Path:
        return self.folder / "index.json"

    def _change(self, change: Callable[[Index], Index]) -> None:
        with self._changing() as save:
            save(change(self._read()))

    @contextmanager
    def _changing(self) -> Iterator[Callable[[Index], None]]:
        """Keep other processes from changing the registry meanwhile; what is given writes the index."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self.folder / "index.lock", timeout=_PATIENCE):
                yield lambda index: write_index(self._index_file, index)
        except Timeout as error:
            raise RetinaError("Another program is changing the weights: try again in a moment.") from error
        except OSError as error:
            raise RetinaError(f"{self.folder} cannot be written: {error.strerror or error}.") from error

    def _place(self, stem: str, digest: str) -> Path:
        return self.folder / f"{stem}-{digest}{_SUFFIX}"

    def _kept(self, stem: str, digest: str) -> Path:
        place = self._place(stem, digest)
        if not place.is_file():
            raise RetinaError(f"The weights {place} are gone: import them again, or roll back.")
        return place

    def _store(self, stem: str, checked: Checked) -> None:
        place = self._place(stem, checked.hash)
        if not self._is_whole(stem, checked.hash):
            if place.exists():
                place.chmod(0o644)  # Windows replaces no read-only file
            write_atomically(place, checked.data)
            place.chmod(0o444)

    def _is_whole(self, stem: str, digest: str) -> bool:
        """Whether a version's file is there, as it was added."""
        place = self._place(stem, digest)
        return place.is_file() and hashlib.sha256(place.read_bytes()).hexdigest() == digest

    def _shipped_files(self) -> list[Path]:
        return sorted(self.shipped.glob(f"*{_SUFFIX}"))


def _shipped(file: Path, index: Index) -> Version:
    facts = read_header(file).facts  # first: it says so where the file cannot be read
    stat = file.stat()
    digest = _hash_of(file, stat.st_size, stat.st_mtime_ns)
    state: State = "retired" if index.current(file.stem) else "current"
    return Version(file.stem, digest, state, "shipped", "", "", "", facts)


@lru_cache(maxsize=32)
def _hash_of(file: Path, size: int, changed: int) -> str:
    """The SHA-256 of a file of this size and time."""
    del size, changed
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _whole(file: Path, digest: str) -> bytes:
    """The bytes of a version's file, which nobody has changed."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise RetinaError(f"The weights {file} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise RetinaError(f"The weights {file} were changed since they were added: import them again.")
    return data


def _added(
    index: Index, checked: Checked, who: str, origin: Origin, parent: str, name: str
) -> tuple[Index, Version]:
    header = checked.header
    version = Version(header.stem, checked.hash, "candidate", origin, _now(), who, parent, header.facts)
    event = _after(Event(version.added, who, "add", version.stem, version.hash, "", name), index)
    return with_version(index, version, event), version


def _event(deed: Deed, stem: str, digest: str, by: str, why: str) -> Event:
    who, reason = _text(by, _LONGEST_NAME, "name"), _text(why, LONGEST_REASON, "reason")
    if not reason:
        raise RetinaError("Say why: the reason is kept in the history of the weights.")
    return Event(_now(), who, deed, stem, digest, "", reason)


def _after(event: Event, index: Index) -> Event:
    """The event with what was current before it."""
    return replace(event, before=index.current(event.stem))


def _in_index(version: Version) -> str:
    """How the index names a version: the shipped one has no hash there, since an update may bring another."""
    return "" if version.origin == SHIPPED else version.hash


def _text(text: str, longest: int, what: str) -> str:
    text = text.strip()
    if len(text) > longest or not text.replace("\n", " ").isprintable():
        raise RetinaError(f"A {what} must be printable text of at most {longest} characters.")
    return text


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
