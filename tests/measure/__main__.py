"""What is measured on real data, and the page that says it.

    python -m tests.measure snapshot DATA OUT [--small] [--extra FOLDER]   # a study and a snapshot of the research sets
    python -m tests.measure phantoms DATA OUT [--share 0.1]               # material for training only
    python -m tests.measure weak DATA OUT --weights GLAUCOMA              # the same: discs of PALM, outlined by a model
    python -m tests.measure run PLAN STORE RUNS [--jobs 2] [--only NAME]  # what the plan says, resumably
    python -m tests.measure shipped STORE DATA RUNS/shipped.json          # the weights that come with the application
    python -m tests.measure cycle DATA RUNS                               # correct 20 images, retrain, gate
    python -m tests.measure page RUNS docs/models.md                      # the page of what was measured

The images are never part of the repository: DATA, OUT and RUNS lie outside of it.
"""

import argparse
import sys
from pathlib import Path

from retina_studio import paths

from .cycle import run_cycle
from .made import make_phantoms
from .page import write_page
from .plan import run_plan
from .shipped import measure_shipped
from .snapshot import SMALL_COUNT, SMALL_SIDE, make_snapshot
from .weak import make_weak


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    snapshot = commands.add_parser("snapshot", help="a study and a snapshot of the research sets")
    snapshot.add_argument("data", type=Path)
    snapshot.add_argument("out", type=Path)
    snapshot.add_argument(
        "--small", action="store_true", help=f"{SMALL_COUNT} images a set and split, of {SMALL_SIDE} pixels"
    )
    snapshot.add_argument("--extra", type=Path, action="append", default=[], help="what `phantoms` made")
    snapshot.add_argument("--name", default="", help="of the snapshot; default: real or small")
    snapshot.set_defaults(run=_snapshot)
    phantoms = commands.add_parser("phantoms", help="material for training only: phantoms and composites")
    phantoms.add_argument("data", type=Path)
    phantoms.add_argument("out", type=Path)
    phantoms.add_argument("--share", type=float, default=1.0, help="of the usual number of images")
    phantoms.set_defaults(run=_phantoms)
    weak = commands.add_parser("weak", help="material for training only: discs of PALM, outlined by a model")
    weak.add_argument("data", type=Path)
    weak.add_argument("out", type=Path)
    weak.add_argument("--weights", type=Path, default=paths.shipped_weights() / "glaucoma.safetensors")
    weak.set_defaults(run=lambda c: print(make_weak(c.data, c.out, c.weights)))
    run = commands.add_parser("run", help="train, compare and ablate as a plan says")
    run.add_argument("plan", type=Path)
    run.add_argument("store", type=Path)
    run.add_argument("out", type=Path)
    run.add_argument("--jobs", type=int, default=1, help="lines side by side, each on its share of the cores")
    run.add_argument("--only", action="append", default=[], help="a line's name; may be repeated")
    run.set_defaults(run=_run)
    shipped = commands.add_parser("shipped", help="measure the weights that come with the application")
    shipped.add_argument("store", type=Path)
    shipped.add_argument("data", type=Path)
    shipped.add_argument("out", type=Path)
    shipped.add_argument("--weights", type=Path, default=paths.shipped_weights())
    shipped.set_defaults(run=lambda c: measure_shipped(c.store, c.data, c.out, c.weights))
    cycle = commands.add_parser("cycle", help="one cycle of retraining on real images")
    cycle.add_argument("data", type=Path)
    cycle.add_argument("out", type=Path)
    cycle.add_argument("--seconds", type=float, default=600.0, help="that each model trains at most")
    cycle.set_defaults(run=lambda c: run_cycle(c.data, c.out, c.seconds))
    page = commands.add_parser("page", help="write docs/models.md")
    page.add_argument("runs", type=Path)
    page.add_argument("out", type=Path)
    page.set_defaults(run=lambda chosen: write_page(chosen.runs, chosen.out))
    chosen = parser.parse_args()
    chosen.run(chosen)


def _snapshot(chosen: argparse.Namespace) -> None:
    if chosen.small:
        make_snapshot(
            chosen.data, chosen.out, name=chosen.name or "small", extra=chosen.extra, count=SMALL_COUNT,
            longest=SMALL_SIDE,
        )  # fmt: skip
    else:
        make_snapshot(chosen.data, chosen.out, name=chosen.name or "real", extra=chosen.extra)


def _phantoms(chosen: argparse.Namespace) -> None:
    print(make_phantoms(chosen.data, chosen.out, share=chosen.share))


def _run(chosen: argparse.Namespace) -> None:
    failed = run_plan(chosen.plan, chosen.store, chosen.out, jobs=chosen.jobs, only=chosen.only)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}; the logs are in {chosen.out}.")


if __name__ == "__main__":
    main()
