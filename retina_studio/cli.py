"""The command line. Each command (commands/) is a thin wire to the room that does the work."""

import logging
import sys
from io import TextIOWrapper
from typing import Any

import typer

from retina_studio import __version__, paths
from retina_studio.commands import (
    labels,
    models,
    people,
    predict,
    propose,
    protocol,
    registry,
    retrain,
    stores,
    studies,
    voting,
    window,
)
from retina_studio.domain.errors import RetinaError

app = typer.Typer(
    name="retina-studio",
    help="Annotate, adjudicate and retrain on retinal images. Without a command: open the window.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for part in (
    window,
    studies,
    people,
    protocol,
    labels,
    voting,
    stores,
    models,
    propose,
    predict,
    registry,
    retrain,
):
    app.add_typer(part.app)


def _with_default_command(arguments: list[str]) -> list[str]:
    """`retina-studio` and `retina-studio STUDY` open the window."""
    if not arguments:
        return ["gui"]
    first = arguments[0]
    known = typer.main.get_group(app).commands
    return arguments if first.startswith("-") or first in known else ["gui", *arguments]


def main(arguments: list[str] | None = None) -> None:
    """The console script. Exit status: 0 done, 1 or 2 refused with one sentence on stderr, 130 interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file name need not be valid text
    if given == ["--version"]:
        print(f"Retina Studio {__version__}")
        return
    try:
        app(_with_default_command(given))
    except RetinaError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        print(_unexpected(error), file=sys.stderr)
        sys.exit(70)


def _unexpected(error: Exception) -> str:
    """Keep the traceback in a log file and say where: nobody reads a traceback on the terminal."""
    log: Any = paths.user_data() / "error.log"
    handler = logging.FileHandler(log, encoding="utf-8")
    logging.getLogger("retina_studio").addHandler(handler)
    logging.getLogger("retina_studio").error("unexpected", exc_info=error)
    return (
        f"Something went wrong that should not ({type(error).__name__}: {error}); the details are in {log}."
    )
