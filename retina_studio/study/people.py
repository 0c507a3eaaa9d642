"""The people of a study: who they are, what they may do, and the passphrase they may have."""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, delete, exists, select
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.study import audit
from retina_studio.study.database import Database
from retina_studio.study.records import ROLES, Grader, Role
from retina_studio.study.schema import AssignmentRow, GraderRow, GradingRow, now
from retina_studio.study.versions import assignment_event

_ASSIGNMENT = cast("Table", AssignmentRow.__table__)

# scrypt (RFC 7914): cost, block size and parallelism; 32 MiB and about a tenth of a second a try.
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
_MEMORY = 64 * 2**20


def read_graders(database: Database) -> list[Grader]:
    """Everybody who is or was in the study, in the order they joined."""
    with database.reading() as session:
        rows = session.scalars(select(GraderRow).order_by(GraderRow.id)).all()
    return [_grader(row) for row in rows]


def add_grader(database: Database, name: str, role: Role, passphrase: str, who: str) -> Grader:
    """Add a person.

    Raises:
        RetinaError: the name is taken or empty, or the role is unknown.
    """
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise RetinaError("A grader's name must have 1 to 100 printable characters.")
    _check_role(role)
    sealed = _hashed(passphrase)
    with database.transaction() as session:
        same = session.scalars(select(GraderRow).where(GraderRow.name == name)).one_or_none()
        if same is not None:
            gone = f", who left: bring {name} back, or" if same.left else ":"
            raise RetinaError(f"There is a grader {name!r} already{gone} choose another name.")
        row = GraderRow(name=name, role=role, passphrase=sealed, joined=now())
        session.add(row)
        session.flush()
        audit.record(session, who, "add grader", f"grader:{row.id}", _facts(row))
        return _grader(row)


def change_role(database: Database, name: str, role: Role, who: str) -> Grader:
    """Let a person do something else from now on.

    Raises:
        RetinaError: nobody has this name, or the role is unknown.
    """
    _check_role(role)
    return _change(database, name, {"role": role}, who)


def set_passphrase(database: Database, name: str, passphrase: str, who: str) -> Grader:
    """Ask for this passphrase from now on; "" asks for none.

    Raises:
        RetinaError: nobody has this name.
    """
    return _change(database, name, {"passphrase": _hashed(passphrase)}, who)


def grader_leaves(database: Database, name: str, who: str) -> Grader:
    """Let a person leave: what they graded stays, what they have not begun goes back to be given to others.

    Raises:
        RetinaError: nobody has this name, or they left before.
    """
    return _change(database, name, {"left": now()}, who)


def grader_comes_back(database: Database, name: str, who: str) -> Grader:
    """Take a person back who had left.

    Raises:
        RetinaError: nobody has this name, or they are there.
    """
    return _change(database, name, {"left": None}, who)


def check_passphrase(database: Database, grader: Grader, text: str) -> bool:
    """Whether a person said their passphrase; of one who has none, anything is right."""
    with database.reading() as session:
        kept = session.scalar(select(GraderRow.passphrase).where(GraderRow.id == grader.id))
    if not kept:
        return True
    _, cost, block, parallel, salt, digest = kept.split("$")
    tried = _derived(text, bytes.fromhex(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(tried, bytes.fromhex(digest))


def present(session: Session, grader: Grader) -> Grader:
    """The person as they are in the study by now, whatever a window that is open for hours remembers."""
    return _grader(session.get_one(GraderRow, grader.id))


def _change(database: Database, name: str, values: Mapping[str, Any], who: str) -> Grader:
    """Change the row of a person, with what was and what is in the audit trail."""
    with database.transaction() as session:
        # Locked, so that nobody gives images to a person who is leaving.
        row = session.scalars(
            select(GraderRow).where(GraderRow.name == name).with_for_update(key_share=True)
        ).one_or_none()
        if row is None:
            raise RetinaError(f"There is no grader {name!r} in this study.")
        _check_presence(row, values)
        before = _facts(row)
        for key, value in values.items():
            setattr(row, key, value)
        after = _facts(row)
        events = _withdraw_unbegun(session, row.id) if values.get("left") else []
        changed = [key for key in after if after[key] != before[key]]
        if changed:
            detail = {"before": {k: before[k] for k in changed}, "after": {k: after[k] for k in changed}}
            audit.record(session, who, "change grader", f"grader:{row.id}", detail)
        audit.record_all(session, who, "withdraw", events)
        return _grader(row)


def _check_presence(row: GraderRow, values: Mapping[str, Any]) -> None:
    if "left" in values and bool(values["left"]) == bool(row.left):
        raise RetinaError(f"{row.name} {'has left already' if row.left else 'is in this study'}.")


def _withdraw_unbegun(session: Session, grader_id: int) -> list[tuple[str, Mapping[str, Any]]]:
    """Remove the assignments of which nothing was made; returns them as audit events."""
    begun = exists().where(GradingRow.assignment_id == _ASSIGNMENT.c.id)
    unbegun = (_ASSIGNMENT.c.grader_id == grader_id, _ASSIGNMENT.c.state == "open", ~begun)
    # In one statement, so that what somebody begins at this moment is left alone.
    removed = delete(_ASSIGNMENT).where(*unbegun).returning(*_ASSIGNMENT.c)
    rows = session.connection().execute(removed).mappings()
    return [assignment_event({**row}) for row in rows]


def _facts(row: GraderRow) -> dict[str, Any]:
    """What an audit row keeps of a person: of the passphrase only a digest of its salted hash."""
    digest = hashlib.sha256(row.passphrase.encode()).hexdigest() if row.passphrase else ""
    return {
        "name": row.name,
        "role": row.role,
        "passphrase": digest,
        "joined": row.joined,
        "left": row.left,
    }


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise RetinaError(f"{role!r} is not a role: use grader, adjudicator or engineer.")


def _hashed(passphrase: str) -> str:
    """`scrypt$COST$BLOCK$PARALLEL$SALT$DIGEST`, or "" of none."""
    if not passphrase:
        return ""
    salt = secrets.token_bytes(16)
    digest = _derived(passphrase, salt, _COST, _BLOCK, _PARALLEL)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${digest.hex()}"


def _derived(passphrase: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    text = unicodedata.normalize("NFKC", passphrase).encode()  # the same letters from any keyboard
    return hashlib.scrypt(text, salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32)


def _grader(row: GraderRow) -> Grader:
    return Grader(row.id, row.name, row.role, row.left is None, bool(row.passphrase))  # type: ignore[arg-type]
