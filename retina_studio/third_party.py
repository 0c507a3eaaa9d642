"""The packages that the application stands on, with their licences: what is shipped must say whose it is.

    python -m retina_studio.third_party FILE.json

writes them for a frozen application, which has no installed packages to ask; there the file is
`resources/third-party.json`.
"""

import importlib.metadata
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from retina_studio import paths

_OWN = "retina-studio"
_EXTRAS = (
    "oct",
    "postgres",
    "dicom",
    "pretrained",
)  # those that may be shipped; the others are for development
_TEXTS = ("licen", "copying", "notice")
_LONGEST_NAME = 60  # characters; some packages have the whole text where its name belongs
_CLASSIFIER = "License ::"


@dataclass(frozen=True)
class Package:
    """A package with the name of its licence, and the licence's text where the package brings one."""

    name: str
    version: str
    license: str
    text: str


def packages() -> list[Package]:
    """All that the application needs and that is here, by name."""
    shipped = paths.resources() / "third-party.json"
    if shipped.is_file():
        return [Package(**entry) for entry in json.loads(shipped.read_text("utf-8"))]
    found = (_package(distribution) for distribution in _needed())
    return sorted(found, key=lambda package: package.name.lower())


def _needed() -> Iterator[Distribution]:
    """What the application requires, and what that requires, as far as it is installed."""
    waiting: list[tuple[str, tuple[str, ...]]] = [(_OWN, _EXTRAS)]
    seen = {_OWN}
    while waiting:
        name, extras = waiting.pop()
        try:
            distribution = importlib.metadata.distribution(name)
        except PackageNotFoundError:
            continue
        if name != _OWN:
            yield distribution
        for requirement in map(Requirement, distribution.requires or ()):
            key = canonicalize_name(requirement.name)
            if key not in seen and _applies(requirement, extras):
                seen.add(key)
                waiting.append((key, tuple(requirement.extras)))


def _applies(requirement: Requirement, extras: tuple[str, ...]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _package(distribution: Distribution) -> Package:
    return Package(distribution.name, distribution.version, _license(distribution), _text(distribution))


def _license(distribution: Distribution) -> str:
    facts = distribution.metadata
    given = (value for key in ("License-Expression", "License") for value in facts.get_all(key) or ())
    named = next((text for value in given if (text := value.strip()) not in ("", "UNKNOWN")), "")
    if named and "\n" not in named and len(named) <= _LONGEST_NAME:
        return named
    classified = [
        value.rpartition(" :: ")[2]
        for value in facts.get_all("Classifier") or ()
        if value.startswith(_CLASSIFIER)
    ]
    first = named.splitlines()[0].strip(" =") if named else ""
    return ", ".join(classified) or first[:_LONGEST_NAME] or "see its text"


def _text(distribution: Distribution) -> str:
    """The texts of its licence files, one below the other."""
    # `distribution.files` makes an object of each of the ten thousand files that some packages have.
    record = (distribution.read_text("RECORD") or "").splitlines()
    names = (line.rsplit(",", 2)[0].strip('"') for line in record if ".dist-info/" in line)
    wanted = [name for name in names if any(word in PurePosixPath(name).name.lower() for word in _TEXTS)]
    paths_there = [path for name in wanted if (path := Path(str(distribution.locate_file(name)))).is_file()]
    return "\n\n".join(path.read_text("utf-8", errors="replace").strip() for path in paths_there)


def main() -> None:
    """Write the packages into the file that is named."""
    (out,) = sys.argv[1:]
    text = json.dumps([asdict(package) for package in packages()], indent=1, ensure_ascii=False)
    Path(out).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
