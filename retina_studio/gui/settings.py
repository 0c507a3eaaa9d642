"""What the application remembers of the person's last visit: window, studies opened, grader of each study."""

from pathlib import Path

from PySide6.QtCore import QSettings

from retina_studio import paths

_RECENT = 8


def settings() -> QSettings:
    """The settings file in the person's own folder."""
    return QSettings(str(paths.user_data() / "settings.ini"), QSettings.Format.IniFormat)


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


def last_grader(study_id: str) -> str:
    """Who graded in this study last; "" when nobody has."""
    return str(settings().value(f"grader/{study_id}", ""))


def remember_grader(study_id: str, name: str) -> None:
    """Remember who grades in this study."""
    settings().setValue(f"grader/{study_id}", name)
