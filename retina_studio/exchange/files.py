"""Files from and for other programs: written whole or not at all, read without trust."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole

MAX_BYTES = 512_000_000


def read_whole(path: Path) -> bytes:
    """The content of a file.

    Raises:
        RetinaError: it cannot be read, or is larger than 512 MB.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RetinaError(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB: split it.")
        return path.read_bytes()
    except OSError as error:
        raise RetinaError(f"{path} cannot be read: {error.strerror or error}.") from error


class Form(BaseModel):
    """A JSON object of another program: unknown keys are left alone, text is no number, NaN is refused."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False, frozen=True)


AnyForm = TypeVar("AnyForm", bound=Form)


def read_form(path: Path, kind: type[AnyForm]) -> AnyForm:
    """The JSON object in a file, checked.

    Raises:
        RetinaError: not readable, not JSON, nested too deep, or not of this form; names the first wrong place.
    """
    content = read_whole(path)
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = " > ".join(str(step) for step in first["loc"]) or "the file"
        raise RetinaError(f"{path.name} is written wrongly: {place}: {first['msg']}.") from error


def write_json(path: Path, form: object) -> None:
    """Write JSON as `write_whole` does."""
    write_whole(path, json.dumps(form, indent=1, allow_nan=False, ensure_ascii=False).encode())


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_table(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as a CSV file in UTF-8.

    Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection"), and so does
    text that begins with an apostrophe, so that `csv_rows` gives back what was written.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerows([_quoted(cell) for cell in row] for row in rows)
    return table.getvalue().encode("utf-8", "replace")


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file in UTF-8, with or without a byte order mark.

    Raises:
        ValueError: it is in another encoding.
        csv.Error: quotes are not closed, or a cell is absurdly long.
    """
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    return [[_unquoted(cell) for cell in row] for row in rows]


def _quoted(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith((*_FORMULA, "'")):
        return "'" + cell
    return cell


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell


@contextmanager
def reading(place: str) -> Iterator[None]:
    """Turn whatever a wrongly written label file provokes into one sentence that names the place."""
    try:
        yield
    except RetinaError as error:
        raise RetinaError(f"{place}: {error}") from error
    except UnicodeDecodeError as error:
        raise RetinaError(f"{place} is not in UTF-8: save it in that encoding.") from error
    except (TypeError, ValueError, OverflowError, csv.Error) as error:
        raise RetinaError(f"{place} is written wrongly: {str(error).rstrip('.')}.") from error


def stem_of(image_path: str) -> str:
    """The image name in a path that another program wrote, of whatever system; the path is never opened."""
    return PurePosixPath(image_path.replace("\\", "/")).stem


def file_name(image_name: str, suffix: str) -> str:
    """The file name for an image.

    Raises:
        RetinaError: the name would lead into another folder.
    """
    if image_name in ("", ".", "..") or any(sign in "/\\" or not sign.isprintable() for sign in image_name):
        raise RetinaError(f"An image named {image_name!r} cannot be exported: rename it.")
    return image_name + suffix
