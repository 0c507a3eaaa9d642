"""What may stand in a log or crash report: no path of the person's disk, no name of an image, a grader or a study."""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

_HIDDEN = "…"
# From the first separator to the last one of a phrase: folders may have spaces in their names.
_PATH = re.compile(r"""(?<![\w.)])(?:[A-Za-z]:)?[\\/](?=\S)(?:[^"'<>|:*?\n]*[\\/])?[^\s"'<>|:*?,;)]+""")
_QUOTED_PATH = re.compile(r"""(["'])((?:[A-Za-z]:)?[\\/][^"'\n]*)\1""")
_FILE = re.compile(
    r"""[^\s"'\\/]+\.(?:png|jpe?g|tiff?|bmp|webp|dcm|vol|e2e|fds|fda|img|oct|zip|csv|json|h5|npy|xml)\b""",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w.\-]+")
_SHORTEST = 3  # letters of a name that can be told from any other word
_CODE_ROOTS = ("retina_studio", "training", "site-packages", "dist-packages")
_KEPT = (".py", ".safetensors", ".qss", ".qm", ".so", ".dll", ".dylib")
_names: list[Callable[[], Iterable[str]]] = []


def conceal(names: Callable[[], Iterable[str]]) -> None:
    """Hide from now on what `names` gives when it is asked; it may be called in any thread."""
    _names.append(names)


def reveal(names: Callable[[], Iterable[str]]) -> None:
    """Take back `conceal`: what gave the names is going."""
    if names in _names:
        _names.remove(names)


def without_identity(text: str) -> str:
    """A text of the program with paths shortened, and without file names and the names that were concealed."""
    text = _without_names(text)
    text = _QUOTED_PATH.sub(lambda found: f'"{shortened(found[2])}"', text)
    text = _PATH.sub(lambda found: shortened(found[0]), text)
    return _FILE.sub(_HIDDEN, text)


def shortened(path: str) -> str:
    """Of a path of code what lies below the package, of any other nothing."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not parts or not parts[-1].endswith(_KEPT):
        return _HIDDEN
    root = next((at for at, part in enumerate(parts) if part in _CODE_ROOTS), len(parts) - 1)
    return "/".join(parts[root:])


def _without_names(text: str) -> str:
    names = {name for give in _names for name in give() if len(name) >= _SHORTEST}
    single = {name for name in names if _WORD.fullmatch(name)}
    text = _WORD.sub(lambda found: _HIDDEN if found[0].rstrip(".") in single else found[0], text)
    for name in names - single:
        text = text.replace(name, _HIDDEN)
    return text
