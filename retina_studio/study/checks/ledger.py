"""The rows that the audit trail tells of, table by table, in bounded memory."""

import json
import sqlite3
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydantic_core import from_json

Key = tuple[int | str, ...]
Row = dict[str, Any]

_KEPT = 4000  # rows in memory
_WIDTH = 3  # parts of the longest key
_FIND = "SELECT row FROM told WHERE name = ? AND a = ? AND b = ? AND c = ?"
_PUT = "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)"
_DROP = "DELETE FROM told WHERE name = ? AND a = ? AND b = ? AND c = ?"
_ALL = "SELECT row FROM told WHERE name = ? ORDER BY a, b, c"
_TABLE = """CREATE TABLE told (name TEXT, a, b, c, row TEXT, PRIMARY KEY (name, a, b, c)) WITHOUT ROWID"""


class Ledger:
    """Rows by table and key. What was touched last is in memory, the rest in a scratch file that nobody else sees.

    A row that `get` returns may be changed in place until `seal` is called.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        # An empty name is SQLite's own temporary file; the study's database is not touched.
        self._scratch = sqlite3.connect("", isolation_level=None)
        for statement in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", _TABLE):
            self._scratch.execute(statement)
        self._near: dict[tuple[str, Key], Row] = {}
        self._kept = kept
        self._sealed = False

    def get(self, table: str, *key: int | str) -> Row | None:
        """The row of a key, or None."""
        place = (table, key)
        row = self._near.pop(place, None)
        if row is None:
            row = self._far(place)
        if row is not None and not self._sealed:
            self._keep(place, row)
        return row

    def at(self, table: str, *key: int | str) -> Row:
        """The row of a key.

        Raises:
            LookupError: there is none.
        """
        row = self.get(table, *key)
        if row is None:
            raise LookupError(f"no {table} {'/'.join(map(str, key))}")
        return row

    def put(self, table: str, *key: int | str, row: Row) -> None:
        """Keep a row in place of any other of the key."""
        self._near.pop((table, key), None)
        self._keep((table, key), row)

    def drop(self, table: str, *key: int | str) -> None:
        """Let a row go, if it is there."""
        self._near.pop((table, key), None)
        self._scratch.execute(_DROP, _columns((table, key)))

    def seal(self) -> None:
        """Change nothing from now on: `rows` can be read, and `get` beside it."""
        self._spill(len(self._near))
        self._sealed = True

    def rows(self, table: str) -> Iterator[tuple[Key, Row]]:
        """The rows of a table by key: numbers by size, texts by the code of their characters."""
        for (text,) in self._scratch.execute(_ALL, (table,)):
            key, row = from_json(text)
            yield tuple(key), row

    def close(self) -> None:
        """Remove the scratch file."""
        self._scratch.close()

    def _keep(self, place: tuple[str, Key], row: Row) -> None:
        self._near[place] = row  # at the end of the dict: the others were touched before
        if len(self._near) > self._kept:
            self._spill(self._kept // 2)

    def _spill(self, count: int) -> None:
        places = list(islice(self._near, count))
        rows = ((*_columns(place), json.dumps([place[1], self._near[place]])) for place in places)
        self._scratch.execute("BEGIN")
        self._scratch.executemany(_PUT, rows)
        self._scratch.execute("COMMIT")
        for place in places:
            del self._near[place]

    def _far(self, place: tuple[str, Key]) -> Row | None:
        found = self._scratch.execute(_FIND, _columns(place)).fetchone()
        if found is None:
            return None
        row: Row = from_json(found[0])[1]
        return row


def _columns(place: tuple[str, Key]) -> tuple[int | str, ...]:
    table, key = place
    return (table, *key, *(0,) * (_WIDTH - len(key)))
