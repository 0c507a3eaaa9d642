"""Collect every text of the screen into the translation files, and compile those.

    python installer/translations.py

writes resources/translations/retina_studio_LANG.ts (Qt Linguist's format) for every language that has one, keeping
the translations there are and dropping those of texts that are gone, and makes the .qm files beside them with Qt's
`lrelease`. A new language starts with `python installer/translations.py LANG`.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "resources" / "translations"
CONTEXT = "RetinaStudio"  # as in retina_studio/gui/words.py
_SPEC_TEXTS = {"menu": 1, "text": 2, "tip": 5}  # of an ActionSpec: argument and place
_TABLES = ("labels.toml", "grades.toml", "views.toml", "guideline.toml")
_TABLE_KEYS = ("title", "titles", "hint", "hints", "group", "text", "fix_title")
_TABLE_WORDS = "words"  # a table of names: every text in it is shown
_QUOTED = ("tr", "marked")
_FORMATS = "exchange/formats.py"  # of a lower room, which knows no translations
_FORMAT_TEXTS = (1, 4, 5)  # of a Format: title, and what it reads and writes


def literals() -> list[str]:
    """Every text of the screen, in the order of the files, each once.

    Raises:
        SystemExit: a call whose text is no literal, with its place.
    """
    found = [
        text for path in sorted((ROOT / "retina_studio" / "gui").rglob("*.py")) for text in _in_source(path)
    ]
    found += _in_formats(ROOT / "retina_studio" / _FORMATS)
    found += [text for name in _TABLES for text in _in_table(ROOT / "resources" / name)]
    return list(dict.fromkeys(found))


def _in_source(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    constants = dict(_constants(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in _QUOTED:
            yield _literal(node.args[0], path)
        elif node.func.id == "ActionSpec":
            yield from _in_spec(node, constants)


def _in_formats(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Format":
            yield from filter(None, (_literal(node.args[place], path) for place in _FORMAT_TEXTS))


def _in_spec(node: ast.Call, constants: Mapping[str, str]) -> Iterator[str]:
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    for name, place in _SPEC_TEXTS.items():
        value = given[name] if name in given else node.args[place]
        text = constants.get(value.id) if isinstance(value, ast.Name) else _text(value)
        if text is None:
            continue  # made by code, from texts that are collected elsewhere
        if name == "menu":
            yield from text.split("/")
        else:
            yield text


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The module's own names of texts."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and (text := _text(node.value)) is not None:
            yield from ((target.id, text) for target in node.targets if isinstance(target, ast.Name))


def _literal(node: ast.expr, path: Path) -> str:
    text = _text(node)
    if text is None:
        raise SystemExit(f"{path}:{node.lineno}: the text of tr() and marked() must be a literal.")
    return text


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _in_table(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        yield from _texts_of(tomllib.load(file), shown=False)


def _texts_of(value: Any, *, shown: bool) -> Iterator[str]:
    """The texts below a TOML value; `shown` says whether the value itself is for the screen."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _texts_of(part, shown=shown or key in _TABLE_KEYS or key == _TABLE_WORDS)
    elif isinstance(value, list):
        for part in value:
            yield from _texts_of(part, shown=shown)
    elif isinstance(value, str) and shown and value:
        yield value


def translations_of(path: Path) -> dict[str, str]:
    """The finished translations of a .ts file, by text."""
    if not path.is_file():
        return {}
    messages = ElementTree.parse(path).iter("message")  # noqa: S314  (a file of this repository)
    pairs = ((message.findtext("source", ""), message.find("translation")) for message in messages)
    return {
        text: node.text for text, node in pairs if node is not None and node.text and node.get("type") is None
    }


def write_translations(path: Path, language: str, texts: list[str], known: dict[str, str]) -> int:
    """Write a .ts file of these texts; returns how many still have no translation."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for text in texts:
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "source").text = text
        translation = ElementTree.SubElement(message, "translation")
        if text in known:
            translation.text = known[text]
        else:
            translation.set("type", "unfinished")
    ElementTree.indent(root, " ")
    body = ElementTree.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8")
    return sum(text not in known for text in texts)


def main(new_languages: list[str]) -> None:
    """Bring every translation file up to date, and compile it."""
    TRANSLATIONS.mkdir(exist_ok=True)
    texts = literals()
    languages = {path.stem.removeprefix("retina_studio_") for path in TRANSLATIONS.glob("*.ts")}
    for language in sorted(languages | set(new_languages)):
        path = TRANSLATIONS / f"retina_studio_{language}.ts"
        missing = write_translations(path, language, texts, translations_of(path))
        compiler = Path(sys.executable).with_name("pyside6-lrelease")
        subprocess.run([str(compiler), "-silent", str(path)], check=True)
        print(f"{path.name}: {len(texts)} texts, {missing} without a translation")


if __name__ == "__main__":
    main(sys.argv[1:])
