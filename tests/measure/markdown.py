"""Numbers and tables of the page."""

from collections.abc import Iterable, Sequence
from typing import Any


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar in a cell is written so that it does not end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def command(words: str) -> str:
    """A command line as a block."""
    return f"```sh\n{words}\n```"


def number(value: float | None) -> str:
    """A figure as a reader wants it; a dash for none."""
    if value is None:
        return "—"
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def bounds(value: Any) -> str:
    """An interval of a figure."""
    usable = isinstance(value, list | tuple) and len(value) == 2
    return f"{number(value[0])} to {number(value[1])}" if usable and value else "—"
