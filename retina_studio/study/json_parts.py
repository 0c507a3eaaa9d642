"""Take one part out of a column of JSON inside the database, where reading the whole text would take long."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Text, cast, func
from sqlalchemy.orm import InstrumentedAttribute, Session


def json_part(session: Session, column: InstrumentedAttribute[str], key: str) -> ColumnElement[Any]:
    """The list or table under a key of the JSON in a text column, as JSON."""
    if session.get_bind().dialect.name == "sqlite":
        return func.json_extract(column, f"$.{key}", type_=Text)
    return cast(cast(column, JSON)[key], Text)
