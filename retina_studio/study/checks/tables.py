"""Every table of a study, beside what the ledger tells of it: key, order, columns, and the words for a row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Select, String, Table, collate, select

from retina_studio.study.audit import digest
from retina_studio.study.checks.events import MADE_BY, canonical, shape_digest
from retina_studio.study.checks.grading_work import PLACE
from retina_studio.study.checks.ledger import Key, Ledger, Row
from retina_studio.study.checks.words import Words
from retina_studio.study.offered_forms import CONTENT
from retina_studio.study.schema import AssignmentRow, Base

Told = Iterator[tuple[Key, Row]]
Reader = Callable[[Any], Any]  # from what is stored to what the ledger holds
_ASSIGNMENT = cast("Table", AssignmentRow.__table__)


@dataclass(frozen=True)
class TableCheck:
    """How a table is held against the ledger.

    Attributes:
        name: of the table.
        key: the columns that no two rows share, in the order in which they are read.
        words: what a row is called, from its key and what is known of it.
        readers: of the columns that the ledger holds in another form; of a signed JSON text, say, its value.
        told: the rows that the ledger tells of, by key.
        extra: columns of other tables that are read with the row.
        part: rows that are read at once.
    """

    name: str
    key: tuple[str, ...]
    words: Callable[[Words, Key, Row], str]
    readers: Mapping[str, Reader] = field(default_factory=dict)
    told: Callable[["TableCheck", Ledger], Told] | None = None
    extra: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    part: int = 500

    def rows(self, ledger: Ledger) -> Told:
        """What the ledger tells of, by key."""
        return ledger.rows(self.name) if self.told is None else self.told(self, ledger)

    def stored(self, dialect: str) -> Select[Any]:
        """All columns of all rows, by key: texts by the code of their characters."""
        table = Base.metadata.tables[self.name]
        columns = [column.label(name) for name, column in self.extra.items()]
        rows = select(*table.c, *columns)
        if self.extra:
            link = table.c.assignment_id == _ASSIGNMENT.c.id
            rows = rows.select_from(table.outerjoin(_ASSIGNMENT, link))
        order = "C" if dialect == "postgresql" else "BINARY"
        keys = [table.c[name] for name in self.key]
        return rows.order_by(*(collate(key, order) if isinstance(key.type, String) else key for key in keys))


def _json(text: Any) -> str | None:
    """The content of a JSON text, "" of none; None where it is damaged."""
    try:
        return canonical(from_json(text)) if text else canonical("")
    except (TypeError, ValueError):
        return None


def _shape(text: Any) -> str | None:
    try:
        return shape_digest(from_json(text))
    except (TypeError, ValueError):
        return None


def _passphrase(text: Any) -> str | None:
    return digest(text) if text else ""


def _told_json(check: TableCheck, ledger: Ledger) -> Told:
    """Rows of which some columns are JSON, in the form that `_json` gives to what is stored."""
    texts = [name for name, reader in check.readers.items() if reader is _json]
    for key, row in ledger.rows(check.name):
        yield key, {**row, **{name: canonical(row[name]) for name in texts if name in row}}


def _told_shapes(_: TableCheck, ledger: Ledger) -> Told:
    for (grading,), shapes in ledger.rows("shape"):
        # Of older trails the order in which shapes were written is not known.
        exact = "assignment_id" in ledger.at("grading", grading)
        for shape_id, (position, label, form, audit_id) in sorted(shapes.items()):
            row = {"label": label, "form": form, MADE_BY: audit_id}
            yield (grading, shape_id), {**row, "position": position} if exact else row


def _told_edits(_: TableCheck, ledger: Ledger) -> Told:
    for (grading,), edits in ledger.rows("edit"):
        for sequence, audit_id, state, token, last in edits["all"]:
            row = {"audit_id": audit_id, "state": state, "token": token, MADE_BY: last}
            yield (grading, sequence), row


def _told_rejections(_: TableCheck, ledger: Ledger) -> Told:
    for (grading,), rejected in ledger.rows("rejection"):
        for proposal, shape, audit_id in sorted(rejected["all"]):
            yield (grading, proposal, shape), {MADE_BY: audit_id}


# What no audit row tells of, and why that is no loss.
NOT_TOLD: Mapping[str, str] = {
    "edit.id": "nothing refers to it; the edit is known by its grading and place there",
}

TABLES: tuple[TableCheck, ...] = (
    TableCheck(
        "study",
        ("id",),
        lambda words, key, row: "The study's own row",
        {"pseudonym_key": digest},
    ),
    TableCheck("image", ("id",), lambda words, key, row: f"Image {row.get('name', key[0])}"),
    TableCheck(
        "setting",
        ("key",),
        lambda words, key, row: f"The setting {key[0]}",
        {"value": _json},
        _told_json,
    ),
    TableCheck(
        "grader",
        ("id",),
        lambda words, key, row: f"Grader {row.get('name', key[0])}",
        {"passphrase": _passphrase},
    ),
    TableCheck(
        "assignment",
        ("image_id", "grader_id", "round"),
        lambda words, key, row: f"The assignment of {words.image(key[0])} to {words.grader(key[1])}",
    ),
    TableCheck(
        "grading",
        ("id",),
        lambda words, key, row: f"{words.grading(key[0])}",
        {"grades": _json, "absent": _json, "signature": _json},
        _told_json,
        dict(zip(PLACE, (_ASSIGNMENT.c.image_id, _ASSIGNMENT.c.grader_id, _ASSIGNMENT.c.round), strict=True)),
    ),
    TableCheck(
        "shape",
        ("grading_id", "shape_id"),
        lambda words, key, row: f"A shape {row.get('label', '')} of {words.grading(key[0])}",
        {"form": _shape},
        _told_shapes,
    ),
    TableCheck(
        "edit",
        ("grading_id", "sequence"),
        lambda words, key, row: f"Edit {key[1]} of {words.grading(key[0])}",
        told=_told_edits,
    ),
    TableCheck(
        "proposal",
        ("id",),
        lambda words, key, row: (
            f"The proposal of {row.get('model', '')} for {words.image(row.get('image_id'))}"
        ),
        dict.fromkeys(CONTENT, digest),
        part=20,
    ),
    TableCheck(
        "gist",
        ("proposal_id",),
        lambda words, key, row: (
            f"What the proposal of {row.get('model', '')} for {words.image(row.get('image_id'))} says in short"
        ),
        {"content": digest},
    ),
    TableCheck(
        "rejection",
        ("grading_id", "proposal_id", "shape_id"),
        lambda words, key, row: f"A rejected proposal of {words.grading(key[0])}",
        told=_told_rejections,
    ),
    TableCheck(
        "consensus",
        ("image_id",),
        lambda words, key, row: f"The consensus of {words.image(key[0])}",
        {"outcome": digest, "agreement": digest},
        part=20,
    ),
    TableCheck(
        "decision",
        ("id",),
        lambda words, key, row: f"Decision {key[0]} on {words.image(row.get('image_id'))}",
        {"detail": _json},
        _told_json,
    ),
    TableCheck(
        "certification",
        ("id",),
        lambda words, key, row: f"The certification set {row.get('name', key[0])}",
        {"marks": _json},
        _told_json,
    ),
    TableCheck(
        "certification_image",
        ("certification_id", "image_id"),
        lambda words, key, row: f"The known answer of {words.image(key[1])}",
        {"reference": _json},
        _told_json,
        part=20,
    ),
    TableCheck(
        "certification_result",
        ("id",),
        lambda words, key, row: f"Certification result {key[0]} of {words.grader(row.get('grader_id'))}",
        {"scores": _json},
        _told_json,
    ),
    TableCheck("patient_split", ("patient",), lambda words, key, row: f"The split of patient {key[0]}"),
)
