"""The words on the screen: English in the source, other languages in `resources/translations`."""

from PySide6.QtCore import QCoreApplication

CONTEXT = "RetinaStudio"  # the one context of the translation files


def tr(text: str, /, **fields: object) -> str:
    """A literal in the person's language, with its `{fields}` filled in.

    The extractor (installer/translations.py) collects the first arguments of `tr` and `marked`, which must be literals,
    and the menu, text and tip of every `ActionSpec`.
    """
    shown = QCoreApplication.translate(CONTEXT, text)
    return shown.format(**fields) if fields else shown


def marked(text: str, /) -> str:
    """A literal of a table that is made before the language is known; whoever shows it calls `tr_data`."""
    return text


def tr_data(text: str) -> str:
    """A text that was marked, or that comes from `resources/*.toml`, in the person's language."""
    return QCoreApplication.translate(CONTEXT, text) if text else text
