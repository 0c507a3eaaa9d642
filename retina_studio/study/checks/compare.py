"""Hold a table against the ledger: rows that were changed, taken away or put in outside the program."""

from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from typing import Any

from sqlalchemy.orm import Session

from retina_studio.study.checks.events import MADE_BY
from retina_studio.study.checks.ledger import Key, Ledger, Row
from retina_studio.study.checks.pace import Pace
from retina_studio.study.checks.tables import TableCheck
from retina_studio.study.checks.words import Words

_LONG = 40  # characters of a value that a sentence shows
_SENTENCES = 20  # of one table; the rest is counted
_Stored = tuple[Key, Row]


def table_problems(session: Session, check: TableCheck, ledger: Ledger, pace: Pace) -> list[str]:
    """A sentence for each row that does not fit, at most `_SENTENCES` and one for the rest."""
    found: list[str] = []
    more, words = 0, Words(ledger)
    statement = check.stored(session.get_bind().dialect.name).execution_options(yield_per=check.part)
    rows = session.connection().execute(statement)
    with closing(rows):  # a server keeps what is read in parts open
        for key, told, stored in _beside(check.rows(ledger), _stored(check, rows, pace)):
            sentences = list(_differences(check, words, key, told, stored))
            room = _SENTENCES - len(found)
            found += sentences[:room]
            more += len(sentences[room:])
    if more:
        found.append(f"The table {check.name} has {more} more that do not fit.")
    return found


def _stored(check: TableCheck, rows: Any, pace: Pace) -> Iterator[_Stored]:
    for row in rows.mappings():
        pace.step()
        yield tuple(row[name] for name in check.key), row


def _beside(
    told: Iterator[_Stored], stored: Iterator[_Stored]
) -> Iterator[tuple[Key, Row | None, Row | None]]:
    """Both, in the order of their keys, side by side; None where one has no such row."""
    left, right = next(told, None), next(stored, None)
    while left is not None and right is not None:
        here, there = _order(left[0]), _order(right[0])
        first = min(here, there)
        key = left[0] if here == first else right[0]
        yield key, left[1] if here == first else None, right[1] if there == first else None
        left = next(told, None) if here == first else left
        right = next(stored, None) if there == first else right
    if left is not None:
        yield from ((key, row, None) for key, row in chain([left], told))
    if right is not None:
        yield from ((key, None, row) for key, row in chain([right], stored))


def _order(key: Key) -> tuple[Any, ...]:
    """As databases sort: a column of SQLite's holds a text among numbers where somebody put one in."""
    return tuple((isinstance(part, str), part) for part in key)


def _differences(
    check: TableCheck, words: Words, key: Key, told: Row | None, stored: Row | None
) -> Iterator[str]:
    if told is None:
        name = check.words(words, key, stored or {})
        yield f"{name}: the row was put in outside the program, no audit row tells of it (table {check.name})."
        return
    source = f"audit row {told[MADE_BY]}"
    if stored is None:
        name = check.words(words, key, told)
        yield f"{name}: the row was removed outside the program (table {check.name}, {source})."
        return
    for column, value in stored.items():
        if column not in told or column in check.key:
            continue
        reader = check.readers.get(column)
        is_now = value if reader is None else reader(value)
        if is_now != told[column]:
            name = check.words(words, key, told)
            values = "" if reader else f" from {_short(told[column])} to {_short(value)}"
            yield f"{name}: {column} was changed{values} outside the program (table {check.name}, {source})."


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
