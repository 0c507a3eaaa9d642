"""The index of the registry: one small JSON file, and what each change makes of it. Changes are pure functions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.files import write_atomically

from .version import Event, State, Version, event_from_dict, is_hash, version_from_dict

_FORMAT = 1
_LARGEST = 2**26  # bytes


@dataclass(frozen=True)
class Index:
    """What the registry knows; a change makes a new one.

    Attributes:
        versions: in the order in which they were added; the shipped weights are not among them.
        trails: stem -> hashes of what became current, in order, "" for the shipped weights; the last is current.
        events: every change, in order.
    """

    versions: tuple[Version, ...] = ()
    trails: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def current(self, stem: str) -> str:
        """The hash of the current version; "" for the shipped weights."""
        return self.trails.get(stem, ("",))[-1]

    def find(self, stem: str, digest: str) -> Version | None:
        """The version with this hash, None when it is not known."""
        return next((v for v in self.versions if (v.stem, v.hash) == (stem, digest)), None)


def read_index(path: Path) -> Index:
    """The index of a file; an empty one where there is none.

    Raises:
        RetinaError: it is damaged or cannot be read.
    """
    try:
        if not path.exists():
            return Index()
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is too large")
        return _from_dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        raise RetinaError(
            f"The list of weights {path} is damaged ({error}): nothing was changed. Bring it back from a backup, or "
            "move it away and import the files that lie beside it again."
        ) from error


def write_index(path: Path, index: Index) -> None:
    """Write the index so that a crash leaves the old one or the new one.

    Raises:
        OSError: the disk is full or the folder cannot be written; what was there stays.
    """
    form = {
        "format": _FORMAT,
        "versions": [version.to_dict() for version in index.versions],
        "trails": {stem: list(trail) for stem, trail in index.trails.items()},
        "events": [event.to_dict() for event in index.events],
    }
    write_atomically(path, json.dumps(form, indent=1, allow_nan=False).encode())


def with_version(index: Index, version: Version, event: Event) -> Index:
    """The index with one version more."""
    return replace(index, versions=(*index.versions, version), events=(*index.events, event))


def with_current(index: Index, event: Event, replaced: str) -> Index:
    """The index in which the event's version became the current one, and the one before retired.

    `replaced` is the hash of what was current; it is noted as the parent where none is known.

    Raises:
        RetinaError: it is current already.
    """
    if index.current(event.stem) == event.hash:
        raise RetinaError(f"These are the current weights of {event.stem} already: nothing was changed.")
    trail = (*index.trails.get(event.stem, ("",)), event.hash)
    known = index.find(event.stem, event.hash)
    if known is not None and not known.parent and replaced != known.hash:
        index = _changed(index, replace(known, parent=replaced))
    return _on_trail(index, trail, event)


def without(index: Index, event: Event) -> Index:
    """The index in which the event's version is retired, and no roll back leads to it.

    Where it was current the shipped weights are from now on.

    Raises:
        RetinaError: it is retired already.
    """
    version = index.find(event.stem, event.hash)
    if version is None or version.state == "retired":
        raise RetinaError(f"These weights of {event.stem} are retired already: nothing was changed.")
    kept: list[str] = []
    for digest in index.trails.get(event.stem, ("",)):
        if digest != event.hash and kept[-1:] != [digest]:
            kept.append(digest)
    if version.state == "current" and kept[-1:] != [""]:
        kept.append("")
    return _on_trail(_changed(index, replace(version, state="retired")), tuple(kept), event)


def rolled_back(index: Index, event: Event) -> Index:
    """The index in which the version that was current before is current again; the event's hash is filled in.

    Raises:
        RetinaError: there was none before.
    """
    trail = index.trails.get(event.stem, ("",))
    if len(trail) < 2:
        raise RetinaError(f"No weights of {event.stem} were current before these: nothing was changed.")
    return _on_trail(index, trail[:-1], replace(event, hash=trail[-2]))


def _on_trail(index: Index, trail: tuple[str, ...], event: Event) -> Index:
    """Let the end of the trail be current, and nothing else."""
    versions = tuple(
        replace(version, state=_state(version, trail[-1])) if version.stem == event.stem else version
        for version in index.versions
    )
    return Index(versions, {**index.trails, event.stem: trail}, (*index.events, event))


def _state(version: Version, current: str) -> State:
    if version.hash == current:
        return "current"
    return "retired" if version.state == "current" else version.state


def _changed(index: Index, version: Version) -> Index:
    same = (version.stem, version.hash)
    return replace(index, versions=tuple(version if (v.stem, v.hash) == same else v for v in index.versions))


def _from_dict(form: Any) -> Index:
    if not isinstance(form, dict) or set(form) != {"format", "versions", "trails", "events"}:
        raise ValueError("it is no such list")
    if form["format"] != _FORMAT:
        raise ValueError("it was written by a newer Retina Studio")
    if not (isinstance(form["versions"], list) and isinstance(form["events"], list)):
        raise ValueError("its entries are no lists")
    versions = tuple(version_from_dict(entry) for entry in form["versions"])
    if len({(v.stem, v.hash) for v in versions}) != len(versions):
        raise ValueError("it has a version twice")
    index = Index(versions, _trails(form["trails"]), tuple(event_from_dict(e) for e in form["events"]))
    for version in versions:
        if (version.state == "current") != (index.current(version.stem) == version.hash):
            raise ValueError(f"it contradicts itself about {version.short}")
    for stem, trail in index.trails.items():
        if any(digest and index.find(stem, digest) is None for digest in trail):
            raise ValueError(f"the history of {stem} names weights that it does not have")
    return index


def _trails(form: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(form, dict):
        raise ValueError("its history is no table")
    for trail in form.values():
        if not isinstance(trail, list) or not trail or not all(d == "" or is_hash(d) for d in trail):
            raise ValueError("its history is no list of hashes")
    return {stem: tuple(trail) for stem, trail in form.items()}
