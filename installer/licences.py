"""Whose work is in the application, and under which licence: found from the files that are in it.

    python installer/licences.py > third-party.txt

prints it for the packages of this environment. The build calls `third_party` with the files it collected, and puts
the answer beside the resources (`third-party.json`) and into the Debian package's copyright file.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

FILE = "third-party.json"
OURS = "retina-studio"
_LICENCE_FILE = re.compile(
    r"(^|/)(licen[cs]es?|copying|copyright|notices?|authors|third.?party)[^/]*$", re.IGNORECASE
)
_TEXT = {"", ".txt", ".md", ".rst"}
_CLASSIFIER = "License :: OSI Approved :: "
_COMMON = Path(
    "/usr/share/common-licenses"
)  # Debian's, for packages that name their licence and bring no text
_LONGEST_NAME = 60  # a longer `License:` of old metadata is the text itself


@dataclass(frozen=True)
class ThirdParty:
    """A package by others: `texts` are its licence files, whole; `source` is "python", "debian" or "interpreter"."""

    name: str
    version: str
    licence: str
    homepage: str
    source: str
    texts: tuple[str, ...]


def third_party(files: Iterable[str]) -> list[ThirdParty]:
    """The packages that these files come from, by name; files of the application itself are passed over."""
    owners = _owners()
    distinct: dict[str, Distribution] = {}
    system: set[str] = set()
    for file in files:
        if ".dist-info" in file:  # a hook's copy of metadata; the package itself need not be there
            continue
        if found := owners.get(file):
            distinct[_name(found)] = found
        elif file.startswith(("/lib/", "/usr/lib/")):
            system.add(str(Path(file).resolve()))
    packages = map(_of_distribution, distinct.values())
    return sorted([_of_python(), *packages, *_of_debian(system)], key=lambda one: one.name.casefold())


def everything_here() -> list[ThirdParty]:
    """The packages of this environment, and Python."""
    found = {_name(one): one for one in distributions() if _name(one) != OURS}
    return [_of_python(), *(_of_distribution(found[name]) for name in sorted(found, key=str.casefold))]


def metadata_files(packages: Iterable[ThirdParty]) -> Iterator[tuple[str, str]]:
    """(file, place in the application) of what says which version of each Python package is in it."""
    wanted = {one.name for one in packages if one.source == "python"}
    for found in distributions():
        if _name(found) in wanted:
            for file in found.files or ():
                if ".dist-info" in file.parts[0] and (
                    file.name == "METADATA" or _is_licence(file.as_posix())
                ):
                    yield str(found.locate_file(file)), file.as_posix()


def as_json(packages: Iterable[ThirdParty]) -> str:
    """A list of objects with `name`, `version`, `license` and `text`, as `retina_studio.third_party` reads it."""
    rows = [
        {
            "name": one.name,
            "version": one.version,
            "license": one.licence,
            "text": "\n\n".join(one.texts).strip(),
        }
        for one in packages
    ]
    return json.dumps(rows, indent=1, ensure_ascii=False)


def from_row(row: dict[str, str]) -> ThirdParty:
    """A package as `as_json` wrote it."""
    return ThirdParty(
        row["name"], row["version"], row["license"], "", "", (row["text"],) if row["text"] else ()
    )


def as_text(packages: Iterable[ThirdParty]) -> str:
    """For a person: every package, then every licence text once, with who it is of."""
    rows = list(packages)
    of: dict[str, list[str]] = {}
    for one in rows:
        for text in one.texts:
            of.setdefault(text, []).append(one.name)
    lines = [f"{one.name} {one.version}: {one.licence}  {one.homepage}".rstrip() for one in rows]
    parts = [
        f"{'=' * 100}\n{', '.join(names)}\n{'=' * 100}\n\n{text.strip()}\n" for text, names in of.items()
    ]
    return "\n".join([*lines, "", *parts])


@cache
def _owners() -> dict[str, Distribution]:
    """Every installed file, by its path, with the distribution that brought it."""
    return {str(found.locate_file(file)): found for found in distributions() for file in found.files or ()}


def _name(found: Distribution) -> str:
    return str(found.metadata["Name"])


def _of_distribution(found: Distribution) -> ThirdParty:
    head = found.metadata
    links = [
        head.get("Home-page") or "",
        *(link.partition(", ")[2] for link in head.get_all("Project-URL") or ()),
    ]
    licence = _licence(found)
    texts = tuple(_texts(found)) or tuple(_common_texts(licence))
    return ThirdParty(_name(found), found.version, licence, next(filter(None, links), ""), "python", texts)


def _licence(found: Distribution) -> str:
    head = found.metadata
    if expression := head.get("License-Expression"):
        return str(expression)
    named = [line for line in head.get_all("Classifier") or () if line.startswith("License :: ")]
    if named:
        return ", ".join(line.removeprefix(_CLASSIFIER).removeprefix("License :: ") for line in named)
    said = str(head.get("License") or "").strip()
    return (
        said
        if 0 < len(said) <= _LONGEST_NAME and "\n" not in said
        else "see its text below"
        if said
        else "not stated"
    )


def _texts(found: Distribution) -> Iterator[str]:
    said = str(found.metadata.get("License") or "")
    if "\n" in said:
        yield said
    for file in found.files or ():
        if _is_licence(file.as_posix()):
            path = Path(str(found.locate_file(file)))
            if path.is_file():
                yield path.read_text("utf-8", errors="replace")


def _common_texts(licence: str) -> Iterator[str]:
    """The texts of the GNU licences that a licence expression names."""
    for name in dict.fromkeys(re.findall(r"L?GPL-[23]", licence)):
        if (_COMMON / name).is_file():
            yield (_COMMON / name).read_text("utf-8")


def _is_licence(place: str) -> bool:
    """Whether a file of a distribution is a licence: beside its metadata, or at the top of its package."""
    path = Path(place)
    is_high = ".dist-info" in path.parts[0] or len(path.parts) <= 3
    return is_high and path.suffix.lower() in _TEXT and _LICENCE_FILE.search(path.name) is not None


def _of_python() -> ThirdParty:
    version = ".".join(map(str, sys.version_info[:3]))
    text = Path(sys.base_prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "LICENSE.txt")
    texts = (text.read_text("utf-8"),) if text.is_file() else ()
    return ThirdParty("Python", version, "PSF-2.0", "https://www.python.org", "interpreter", texts)


def _of_debian(files: Iterable[str]) -> Iterator[ThirdParty]:
    """The Debian packages of the system libraries that came along, with their copyright files."""
    for name in sorted({package for file in files if (package := _debian_package(file))}):
        asked = ["dpkg-query", "-W", "-f", "${Version}\n${Homepage}", name]
        version, _, homepage = subprocess.run(
            asked, capture_output=True, text=True, check=True
        ).stdout.partition("\n")
        text = Path("/usr/share/doc", name.partition(":")[0], "copyright")
        texts = (text.read_text("utf-8", errors="replace"),) if text.is_file() else ()
        yield ThirdParty(name.partition(":")[0], version, "see its text below", homepage, "debian", texts)


def _debian_package(file: str) -> str:
    """The package a system library belongs to, "" for none; /lib is a link to /usr/lib on a current system."""
    for path in dict.fromkeys((file, file.removeprefix("/usr"), f"/usr{file}")):
        said = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True, check=False)
        if said.returncode == 0:
            return said.stdout.partition(": ")[0].partition(",")[0]
    return ""


if __name__ == "__main__":
    print(as_text(everything_here()))
