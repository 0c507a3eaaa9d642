"""The command `gate` of `python -m training`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

StoreFile = Annotated[Path, typer.Argument(metavar="STORE.h5", help="A curated snapshot.")]


def gate(
    store: StoreFile,
    model: Annotated[str, typer.Option(help="The model's stem, e.g. disc.")],
    candidate: Annotated[Path, typer.Option(help="The weights that would be used from now on.")],
    current: Annotated[Path, typer.Option(help="The weights that are used now.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the verdict is written, as JSON.")],
    split: Annotated[str, typer.Option(help="The split that is locked.")] = "test",
    trained_on: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="STORE.h5", help="Another snapshot that the candidate goes back to; may be repeated."
        ),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The verdict that the current weights were promoted by."),
    ] = None,
    smaller_because: Annotated[
        str, typer.Option(metavar="TEXT", help="Why fewer test images are measured than then.")
    ] = "",
    json_: Annotated[bool, typer.Option("--json", help="Print JSON, progress too.")] = False,
) -> None:
    """Say whether a candidate may take the place of the current weights, and why."""
    from retina_studio.networks.files import write_atomically
    from training.gate.gate import GateRequest
    from training.gate.gate import gate as decide

    def tell(whose: str, done: int, images: int) -> None:
        if json_:
            print(json.dumps({"event": "gate", "of": whose, "done": done, "images": images}), flush=True)

    request = GateRequest(
        store, model, candidate, current, split, tuple(trained_on or ()), previous, smaller_because.strip()
    )
    verdict = decide(request, progress=tell)
    write_atomically(out, json.dumps(verdict, indent=1, allow_nan=False).encode())
    if json_:
        print(json.dumps(verdict))
    else:
        _print(verdict)


def _print(verdict: dict[str, Any]) -> None:
    table = Table("Figure", "Images", "Current", "Candidate", "Difference (95 %)", "Verdict")
    for check in verdict["checks"]:
        low_high = "" if check["interval"] is None else " ({:+.4f} to {:+.4f})".format(*check["interval"])
        numbers = ["—" if check[key] is None else f"{check[key]:.4f}" for key in ("current", "candidate")]
        change = "—" if check["difference"] is None else f"{check['difference']:+.4f}{low_high}"
        word = {True: "passed", False: "failed", None: "not judged"}[check["passed"]]
        table.add_row(check["title"], str(check["images"]), *numbers, change, word)
    console = Console()
    console.print(table)
    console.print("Promoted." if verdict["promoted"] else "Held back.")
    for sentence in (*verdict["reasons"], *verdict["notes"]):
        console.print(sentence, markup=False)
