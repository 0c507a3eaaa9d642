"""What a study's people agreed on: its settings, checked and audited."""

import json
from collections.abc import Mapping
from typing import Any, get_args

from sqlalchemy import select

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality, scales
from retina_studio.images.enhance import VIEWS
from retina_studio.study import audit
from retina_studio.study.database import Database
from retina_studio.study.schema import SettingRow

KNOWN: Mapping[str, str] = {
    "required_grades": "the grades that submitting asks for, as a list of scale codes",
    "default_view": 'the view an image opens with, as {"fundus": code, "oct": code}',
}


def read_settings(database: Database) -> dict[str, Any]:
    """Every setting that was set, by key."""
    with database.reading() as session:
        rows = session.scalars(select(SettingRow).order_by(SettingRow.key)).all()
    return {row.key: json.loads(row.value) for row in rows}


def read_setting(database: Database, key: str, default: Any) -> Any:
    """One setting, or `default` where it was never set."""
    with database.reading() as session:
        text = session.scalar(select(SettingRow.value).where(SettingRow.key == key))
    return default if text is None else json.loads(text)


def write_setting(database: Database, key: str, value: Any, who: str) -> None:
    """Check and keep a setting.

    Raises:
        RetinaError: an unknown key, or a value the key does not take.
    """
    check_setting(key, value)
    text = json.dumps(value, sort_keys=True)
    with database.transaction() as session:
        before = session.get(SettingRow, key)
        if before is not None and before.value == text:
            return
        detail = {"value": value, "before": json.loads(before.value) if before else None}
        session.merge(SettingRow(key=key, value=text))
        audit.record(session, who, "set", f"setting:{key}", detail)


def parsed_setting(key: str, text: str) -> Any:
    """A value as it is typed: JSON, or for the list of grades their codes with commas between.

    Raises:
        RetinaError: neither, or an unknown key.
    """
    _check_key(key)
    try:
        return json.loads(text)
    except ValueError as error:
        if key == "required_grades" and not text.lstrip().startswith(("[", "{")):
            return [code.strip() for code in text.split(",") if code.strip()]
        raise RetinaError(f"{text!r} is not JSON; {key} is {KNOWN[key]}.") from error


def check_setting(key: str, value: Any) -> None:
    """Refuse what no part of the program would understand.

    Raises:
        RetinaError: saying what the key takes.
    """
    _check_key(key)
    if key == "required_grades":
        _check_grades(value)
    else:
        _check_views(value)


def _check_key(key: str) -> None:
    if key not in KNOWN:
        raise RetinaError(f"There is no setting {key!r}; there are: {', '.join(KNOWN)}.")


def _check_grades(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise RetinaError('required_grades takes a list of scale codes, for example ["dr", "ppa"].')
    unknown = [code for code in value if code not in scales()]
    if unknown:
        raise RetinaError(f"There is no grade {unknown[0]!r}; there are: {', '.join(scales())}.")
    if len(set(value)) < len(value):
        raise RetinaError("required_grades names a grade twice.")


def _check_views(value: Any) -> None:
    modalities = get_args(Modality)
    if not isinstance(value, dict) or not set(value) <= set(modalities):
        raise RetinaError('default_view takes {"fundus": code, "oct": code}, either or both.')
    for modality, code in value.items():
        codes = [view.code for view in VIEWS.values() if view.modality == modality]
        if code not in codes:
            raise RetinaError(f"{code!r} is no view of {modality} images; there are: {', '.join(codes)}.")
