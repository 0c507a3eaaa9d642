"""What the application remembers of the person: look, language, keys, window, studies opened, grader of each study."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, get_args

from PySide6.QtCore import QSettings

from retina_studio import paths

_RECENT = 8
ThemeChoice = Literal["system", "dark", "light"]
THEME_CHOICES: tuple[ThemeChoice, ...] = get_args(ThemeChoice)
UI_SCALES = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
SYSTEM_LANGUAGE = "system"


def settings() -> QSettings:
    """The settings file in the person's own folder."""
    return QSettings(str(paths.user_data() / "settings.ini"), QSettings.Format.IniFormat)


def theme_choice() -> ThemeChoice:
    """Which theme the person wants."""
    kept = settings().value("look/theme", "system")
    return next((choice for choice in THEME_CHOICES if choice == kept), "system")


def choose_theme(choice: ThemeChoice) -> None:
    """Keep the theme that the person wants."""
    settings().setValue("look/theme", choice)


def ui_scale() -> float:
    """How much larger than usual everything is shown, one of UI_SCALES."""
    try:
        kept = float(str(settings().value("look/scale", 1.0)))
    except ValueError:
        return 1.0
    return kept if kept in UI_SCALES else 1.0


def choose_ui_scale(scale: float) -> None:
    """Keep how large everything is shown from the next start on."""
    settings().setValue("look/scale", scale)


def language_choice() -> str:
    """The language that the person wants, a code such as "zh_CN", or SYSTEM_LANGUAGE."""
    return str(settings().value("look/language", SYSTEM_LANGUAGE))


def choose_language(choice: str) -> None:
    """Keep the language that the person wants."""
    settings().setValue("look/language", choice)


def cam_colours() -> str:
    """The colour map of CAMs that the person chose; "" where none."""
    return str(settings().value("look/cam", ""))


def choose_cam_colours(name: str) -> None:
    """Keep the colour map of CAMs."""
    settings().setValue("look/cam", name)


def refused_models() -> frozenset[str]:
    """The stems of the models that the person does not want to be asked."""
    return frozenset(filter(None, str(settings().value("models/refused", "")).split("\n")))


def refuse_models(stems: Iterable[str]) -> None:
    """Keep which models are not to be asked; all others are."""
    settings().setValue("models/refused", "\n".join(sorted(stems)))


def chosen_keys(name: str) -> tuple[str, ...] | None:
    """The keys that the person gave an action, in portable text; None where the usual ones hold."""
    kept = settings().value(f"keys/{name}")
    return None if kept is None else tuple(key for key in str(kept).split("\n") if key)


def keys_of(name: str, usual: Sequence[str]) -> tuple[str, ...]:
    """The keys that an action has now, the first one shown; `usual` are those of the tables."""
    chosen = chosen_keys(name)
    return tuple(usual) if chosen is None else chosen


def choose_keys(name: str, keys: Sequence[str] | None) -> None:
    """Give an action these keys (none: an empty sequence), or the usual ones back (None)."""
    if keys is None:
        settings().remove(f"keys/{name}")
    else:
        settings().setValue(f"keys/{name}", "\n".join(keys))


def recent_studies() -> list[Path]:
    """The studies opened before that are still there, the last one first."""
    kept = settings().value("studies/recent", [], list)
    folders = [Path(str(folder)) for folder in kept] if isinstance(kept, list) else []
    return [folder for folder in folders if (folder / "study.toml").is_file()]


def remember_study(folder: Path) -> None:
    """Put a study first among those opened before."""
    folder = folder.resolve()
    others = [known for known in recent_studies() if known != folder]
    settings().setValue("studies/recent", [str(known) for known in (folder, *others)][:_RECENT])


def tour_seen() -> bool:
    """Whether the person was shown around."""
    return bool(settings().value("help/tour_seen", False, bool))


def remember_tour() -> None:
    """The person was shown around."""
    settings().setValue("help/tour_seen", True)


def last_grader(study_id: str) -> str:
    """Who graded in this study last; "" when nobody has."""
    return str(settings().value(f"grader/{study_id}", ""))


def remember_grader(study_id: str, name: str) -> None:
    """Remember who grades in this study."""
    settings().setValue(f"grader/{study_id}", name)
