"""Figures of parts of a measurement, put together."""

from collections.abc import Iterable
from functools import reduce
from typing import Any


def merged(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Counts are added, lists joined; of what is called slowest the largest stays, of anything else the last."""
    return reduce(_two, parts, {})


def _two(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {**first, **{key: _value(key, first.get(key), value) for key, value in second.items()}}


def _value(key: str, old: Any, new: Any) -> Any:
    if old is None or key == "limits":
        return new
    if isinstance(new, dict):
        return _two(old, new)
    if isinstance(new, list):
        return [*old, *new]
    if isinstance(new, int | float) and not isinstance(new, bool):
        return max(old, new) if key.startswith("slowest") else old + new
    return new
