"""What a study's people agreed on: its settings, checked and audited."""

import json
from collections.abc import Callable, Mapping
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality, scales
from retina_studio.domain.voting.rules import vote_rules_from_dict
from retina_studio.images.enhance import VIEWS
from retina_studio.study import audit
from retina_studio.study.database import Database
from retina_studio.study.schema import SettingRow

ASSIGNMENT = ("free", "assigned")


def read_settings(database: Database) -> dict[str, Any]:
    """Every setting that was set, by key."""
    with database.reading() as session:
        rows = session.scalars(select(SettingRow).order_by(SettingRow.key)).all()
    return {row.key: json.loads(row.value) for row in rows}


def read_setting(database: Database, key: str, default: Any) -> Any:
    """One setting, or `default` where it was never set."""
    with database.reading() as session:
        return setting_in(session, key, default)


def setting_in(session: Session, key: str, default: Any) -> Any:
    """One setting as the caller's transaction sees it."""
    text = session.scalar(select(SettingRow.value).where(SettingRow.key == key))
    return default if text is None else json.loads(text)


def write_setting(database: Database, key: str, value: Any, who: str) -> None:
    """Check and keep a setting.

    Raises:
        RetinaError: an unknown key, or a value the key does not take.
    """
    check_setting(key, value)
    with database.transaction() as session:
        put_setting(session, key, value, who)


def put_setting(session: Session, key: str, value: Any, who: str) -> None:
    """Keep a checked setting in the caller's transaction."""
    text = json.dumps(value, sort_keys=True)
    before = session.get(SettingRow, key)
    if before is not None and before.value == text:
        return
    detail = {"value": value, "before": json.loads(before.value) if before else None}
    session.merge(SettingRow(key=key, value=text))
    audit.record(session, who, "set", f"setting:{key}", detail)


def parsed_setting(key: str, text: str) -> Any:
    """A value as it is typed: JSON, a bare word for `assignment`, or for grades their codes with commas between.

    Raises:
        RetinaError: neither, or an unknown key.
    """
    _check_key(key)
    try:
        return json.loads(text)
    except ValueError as error:
        if key == "required_grades" and not text.lstrip().startswith(("[", "{")):
            return [code.strip() for code in text.split(",") if code.strip()]
        if key == "assignment":
            return text.strip()
        raise RetinaError(f"{text!r} is not JSON; {key} is {KNOWN[key]}.") from error


def check_setting(key: str, value: Any) -> None:
    """Refuse what no part of the program would understand.

    Raises:
        RetinaError: saying what the key takes.
    """
    _check_key(key)
    _CHECKS[key](value)


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


def _check_assignment(value: Any) -> None:
    if value not in ASSIGNMENT:
        raise RetinaError(f"assignment takes {' or '.join(map(repr, ASSIGNMENT))}.")


def _check_seed(value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RetinaError("assignment_seed takes a whole number, 0 or more.")


def _check_split_seed(value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RetinaError("split_seed takes a whole number, 0 or more.")


def _check_certification(value: Any) -> None:
    if not isinstance(value, bool):
        raise RetinaError("certification_required takes true or false.")


def _check_vote(value: Any) -> None:
    if not isinstance(value, dict):
        raise RetinaError('vote takes a table of rules, for example {"graders": 3, "anatomy": "staple"}.')
    vote_rules_from_dict(value)


def _check_signing(value: Any) -> None:
    if not isinstance(value, bool):
        raise RetinaError("sign_with_passphrase takes true or false.")


def _check_blind_first(value: Any) -> None:
    if not isinstance(value, bool):
        raise RetinaError("blind_first takes true or false.")


def _check_random_share(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise RetinaError("random_share takes a number from 0 to 1, for example 0.2.")


def _check_reason(value: Any) -> None:
    if not isinstance(value, bool):
        raise RetinaError("reason_required takes true or false.")


KNOWN: Mapping[str, str] = {
    "required_grades": "the grades that submitting asks for, as a list of scale codes",
    "default_view": 'the view an image opens with, as {"fundus": code, "oct": code}',
    "assignment": '"free": everybody grades every image; "assigned": graders grade what was given to them',
    "assignment_seed": "the number that the shuffling of assignments starts from",
    "split_seed": "the number that the shuffling of patients into train, val and test starts from",
    "blind_first": "whether graders see what models offer only once they have submitted their own, true or false",
    "certification_required": "whether only certified graders are given images, true or false",
    "random_share": "which share of the most informative images first is drawn by chance, 0 to 1; usually 0.2",
    "reason_required": "whether an adjudicator must say why with every decision, true or false",
    "sign_with_passphrase": "whether the window asks for the passphrase when a grading is submitted, true or false",
    "vote": 'the rules of the vote that differ from the usual, as {"graders": 3, ...}',
}
_CHECKS: Mapping[str, Callable[[Any], None]] = {
    "required_grades": _check_grades,
    "default_view": _check_views,
    "assignment": _check_assignment,
    "assignment_seed": _check_seed,
    "split_seed": _check_split_seed,
    "blind_first": _check_blind_first,
    "certification_required": _check_certification,
    "random_share": _check_random_share,
    "reason_required": _check_reason,
    "sign_with_passphrase": _check_signing,
    "vote": _check_vote,
}
