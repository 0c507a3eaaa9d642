"""What a program did to its files, from strace: the calls in order, with every byte that was written."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CALLS = (
    "openat,creat,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,fsync,fdatasync,sync_file_range,"
    "rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,copy_file_range,sendfile"
)
_LINE = re.compile(r"(?P<pid>\d+) +(?P<rest>.*)")
_DONE = re.compile(r"(?P<name>\w+)\((?P<args>.*)\) += (?P<result>-?\d+)(?:<(?P<at>[^>]*)>)?.*")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_AT = re.compile(r"^(?:-?\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2}|[^>])*)>")
_UNKNOWN = {"writev", "pwritev", "pwritev2", "copy_file_range", "sendfile", "link", "linkat"}


class NoTraceError(Exception):
    """Programs cannot be traced here; the message says why."""


@dataclass(frozen=True)
class Call:
    """One thing that was done.

    Attributes:
        what: create, write, cut (truncate), sync, rename, remove, folder (make one), mark.
        path: of the file or folder; `to` is its new name.
        offset, content: of a write; `offset` is the size of a cut.
    """

    what: str
    path: Path
    to: Path | None = None
    offset: int = 0
    content: bytes = b""


def trace(command: list[str], folder: Path, marks: Path, log: Path, root: Path) -> list[Call]:
    """Run a program and return what it did in `folder`, and to `marks`.

    Raises:
        NoTraceError: there is no strace, or it may not trace.
    """
    if shutil.which("strace") is None:
        raise NoTraceError("strace is not installed (the Debian package strace)")
    options = [
        "-f",
        "-y",
        "-xx",
        "-s",
        "100000000",
        "-e",
        f"trace={_CALLS}",
        "-e",
        "signal=none",
        "-o",
        str(log),
    ]
    done = subprocess.run(
        ["strace", *options, *command], check=False, capture_output=True, text=True, cwd=root
    )
    if done.returncode or not log.is_file():
        raise NoTraceError(f"strace cannot trace here ({done.stderr.strip()[-300:]})")
    return list(_calls(log, folder, marks))


def _calls(log: Path, folder: Path, marks: Path) -> Iterator[Call]:
    places: dict[str, int] = {}  # "fd<path>" -> where the next write goes
    for name, text, result in _finished(log):
        if int(result) < 0:
            continue
        file, paths = _file(text), _paths(text)
        if name in {"openat", "creat"}:
            path = paths[0]
            if "O_CREAT" in text and path.is_relative_to(folder):
                yield Call("create", path)
            if "O_TRUNC" in text and path.is_relative_to(folder):
                yield Call("cut", path)
            places = {key: at for key, at in places.items() if not key.startswith(f"{result}<")}
        elif file is not None and file == marks and name == "write":
            yield Call("mark", marks, content=_bytes(text))
        elif file is not None and file.is_relative_to(folder):
            yield from _of_file(name, text, int(result), file, places)
        elif paths and paths[0].is_relative_to(folder):
            yield from _of_names(name, paths)


def _of_file(name: str, text: str, result: int, file: Path, places: dict[str, int]) -> Iterator[Call]:
    key = text.partition(">")[0]
    if name in _UNKNOWN:
        raise NoTraceError(f"{name} is not replayed")
    if name == "lseek":
        places[key] = result
    elif name == "write":
        start = places.get(key, 0)
        places[key] = start + result
        yield Call("write", file, offset=start, content=_bytes(text)[:result])
    elif name == "pwrite64":
        yield Call("write", file, offset=int(text.rpartition(", ")[2], 0), content=_bytes(text)[:result])
    elif name == "ftruncate":
        yield Call("cut", file, offset=int(text.rpartition(", ")[2], 0))
    elif name in {"fsync", "fdatasync"}:
        yield Call("sync", file)


def _of_names(name: str, paths: list[Path]) -> Iterator[Call]:
    if name.startswith("rename"):
        yield Call("rename", paths[0], to=paths[1])
    elif name.startswith("mkdir"):
        yield Call("folder", paths[0])
    elif name.startswith(("unlink", "rmdir")):
        yield Call("remove", paths[0])
    elif name in _UNKNOWN:
        raise NoTraceError(f"{name} is not replayed")


def _finished(log: Path) -> Iterator[tuple[str, str, str]]:
    """(name, arguments, result) of each call; the halves of those that others came between are put together."""
    begun: dict[str, str] = {}
    with log.open() as lines:
        for line in lines:
            match = _LINE.match(line)
            if match is None:
                continue
            pid, rest = match["pid"], match["rest"].rstrip("\n")
            if rest.endswith("<unfinished ...>"):
                begun[pid] = rest.removesuffix("<unfinished ...>").rstrip()
                continue
            if rest.startswith("<... "):
                rest = begun.pop(pid, "") + rest.partition(" resumed>")[2]
            done = _DONE.match(rest)
            if done:
                yield done["name"], done["args"], done["result"]


def _file(text: str) -> Path | None:
    match = _AT.match(text)
    return Path(_plain(match[1])) if match and not text.startswith("AT_FDCWD") else None


def _paths(text: str) -> list[Path]:
    return [Path(_plain(found)) for found in _TEXT.findall(text)]


def _bytes(text: str) -> bytes:
    match = _TEXT.search(text)
    return bytes.fromhex(match[1].replace("\\x", "")) if match else b""


def _plain(text: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), text)
