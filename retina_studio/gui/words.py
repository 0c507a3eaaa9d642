"""The words on the screen: English in the source, other languages in `resources/translations`."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from retina_studio.paths import resources, user_data

CONTEXT = "RetinaStudio"  # the one context of the translation files
ENGLISH = "en"
_STEM = "retina_studio_"
_installed: list[QTranslator] = []


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


def is_english() -> bool:
    """Whether the texts are shown as they stand in the source."""
    return not _installed


def languages() -> Mapping[str, str]:
    """The languages there are, by code ("en", "zh_CN"), each named in itself.

    They are files retina_studio_CODE.qm: those that ship, and those in the folder `translations` of the person's
    own folder, which win over a shipped one of the same code.
    """
    return {ENGLISH: "English"} | {code: _own_name(code) for code in sorted(_files())}


def system_language() -> str:
    """The first language there is among those the system asks for; English where there is none."""
    known = languages()
    for wanted in QLocale.system().uiLanguages():
        for code in (wanted.replace("-", "_"), QLocale(wanted).name(), wanted.partition("-")[0]):
            if code in known:
                return code
    return ENGLISH


def use_language(code: str) -> str:
    """Show the texts made from now on in this language, English when it is not there; returns what is used."""
    for translator in _installed:
        QCoreApplication.removeTranslator(translator)
    _installed.clear()
    file = _files().get(code)
    if file is None:
        return ENGLISH
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for path in (f"{qt_folder}/qtbase_{code}.qm", str(file)):  # Qt's own words: Cancel, Close, ...
        translator = QTranslator(QCoreApplication.instance())
        if translator.load(path) and QCoreApplication.installTranslator(translator):
            _installed.append(translator)
    return code


def _files() -> dict[str, Path]:
    folders = (resources() / "translations", user_data() / "translations")
    found = (path for folder in folders for path in sorted(folder.glob(f"{_STEM}*.qm")))
    return {path.stem.removeprefix(_STEM): path for path in found}


def _own_name(code: str) -> str:
    return QLocale(code).nativeLanguageName() or code
