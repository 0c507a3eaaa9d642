"""One event of the audit trail as the replay reads it, and what it writes into the ledger."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from retina_studio.study.checks.ledger import Ledger, Row

_ENCODE = json.JSONEncoder(sort_keys=True).encode  # made once: json.dumps makes one for each call
_WHOLE = re.compile(r"[ \[]-?[0-9]+[,\]}]")  # a number without a point; in a text it does no harm
MADE_BY = "audit row"  # key of a ledger's row: the id of the audit row that told of it last


@dataclass(frozen=True, slots=True)
class Event:
    """An audit row; `subject` is {"image": "3", "grading": "5"} of `image:3/grading:5`, `text` its detail as stored."""

    id: int
    who: str
    what: str
    subject: dict[str, str]
    text: str
    detail: dict[str, Any]

    @property
    def kind(self) -> str:
        """What happened to what, as `edit image/grading`."""
        return f"{self.what} {'/'.join(self.subject)}"

    def number(self, part: str) -> int:
        """The id of a part of the subject."""
        return int(self.subject[part])


def read_event(id_: int, who: str, what: str, subject: str, text: str) -> Event:
    """An audit row as an event.

    Raises:
        ValueError: its detail is not JSON.
    """
    parts = dict(part.partition(":")[::2] for part in subject.split("/"))
    return Event(id_, who, what, parts, text, from_json(text))


@dataclass
class Replay:
    """What the events are told to.

    Attributes:
        study_id: of the study that is read; an older trail does not tell it.
        ledger: the rows so far.
        detail_of: the detail of an earlier audit row, by its id.
        graders: ids by name.
    """

    study_id: str
    ledger: Ledger
    detail_of: Callable[[int], dict[str, Any]]
    graders: dict[str, int]

    def write(self, event: Event, table: str, *key: int | str, **columns: Any) -> Row:
        """A row as an event tells it: a new one, or these columns of the one that is there."""
        row = self.ledger.get(table, *key)
        if row is None:
            row = {}
            self.ledger.put(table, *key, row=row)
        row.update(columns)
        row[MADE_BY] = event.id
        return row


def canonical(value: Any) -> str:
    """A JSON value as text: the same for the same content. True is not 1 here."""
    return _ENCODE(value)


def shape_digest(form: dict[str, Any]) -> str:
    """A digest of a shape's form, whatever the order of its keys; in a coordinate 20 is 20.0."""
    text = _ENCODE(form)
    if _WHOLE.search(text):
        text = _ENCODE(json.loads(text, parse_int=float))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
