"""`make bench`: our speed beside the peers' on the same work in the same run; writes docs/benchmarks.md and .json.

    python -m tests.bench [--peers DRIVERS] [--repeat 3] [--sizes 300,3000,30000,folder] [--votes 1000]
                          [--plain]

Ours and the peers take turns, A B C D A B C D, so that all see the machine as it is at the time. Without the
peers' drivers only ours and the plain references are written, and the document says so.
"""

import argparse
import compileall
import sys
import tempfile
from pathlib import Path

from .inference_bench import inference_rows
from .loader_bench import loader_rows
from .peers import PEERS, installed_peers, last_line, run_peer
from .references import reference_rows
from .table import FOLDER, SHAPES, default_docs, read, rows_of, write
from .vote_bench import vote_rows
from .workload import COUNTS, make_workload

_ROOT = Path(__file__).resolve().parents[2]
_BIG = 30_000  # shapes at which the peers take minutes: there, one turn is enough


def main():
    options = _options()
    if options.plain:
        names, rows = _earlier_windows(options.docs)
        note = "The windows' rows are those of an earlier run, in which ours and the peers took turns."
    else:
        peers, rows = _windows(options)
        names, note = [peer.name for peer in peers], _note(peers)
    with tempfile.TemporaryDirectory() as scratch:
        for measure in (reference_rows, loader_rows, inference_rows):
            rows += measure(Path(scratch))
        rows += vote_rows(Path(scratch), options.votes)
    write(rows, names, options.docs, note)
    print((options.docs / "benchmarks.md").read_text("utf-8"))


def _windows(options):
    """Our window and the peers' in turns: the peers that are here, and the rows."""
    home = _ROOT / ".bench"
    work = home / "work"
    compileall.compile_dir(
        _ROOT / "retina_studio", quiet=1
    )  # as pip does with what it installs, the peers too
    make_workload(work)
    peers = installed_peers(home) if options.peers.is_dir() else ()
    rows = []
    for what in options.sizes.split(","):
        turns = 1 if what == str(_BIG) else options.repeat
        ours, theirs = [], {peer.name: [] for peer in peers}
        for _ in range(turns):
            found = last_line([sys.executable, "-m", "tests.bench.ours", what, str(work)], {})
            ours += [found] if found else []
            for peer in peers:
                found = run_peer(peer, home, options.peers, what, work)
                theirs[peer.name] += [found] if found else []
            print(what, ours[-1:], theirs, flush=True)
        count = 0 if what == "folder" else int(what)
        rows += rows_of(FOLDER if what == "folder" else SHAPES, count, ours, theirs)
    return peers, rows


def _earlier_windows(docs):
    """The peers and the rows of the windows that the documents have."""
    windows = {measure.name for measure in (*SHAPES, *FOLDER)}
    rows = [row for row in read(docs) if row.name in windows]
    return list(dict.fromkeys(name for row in rows for name in row.peers)), rows


def _note(peers):
    if len(peers) == len(PEERS):
        return "Ours and the peers took turns in one run."
    missing = ", ".join(peer.name for peer in PEERS if peer not in peers)
    return f"Not measured here: {missing} (give the folder of their drivers with `--peers`)."


def _options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", type=Path, default=_ROOT.parent / "shared" / "bench" / "peers")
    parser.add_argument(
        "--plain", action="store_true", help="measure beside the plain ways only, and keep the windows' rows"
    )
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--sizes", default=",".join([*map(str, COUNTS), "folder"]))
    parser.add_argument("--votes", type=int, default=1_000, help="images to vote on")
    parser.add_argument("--docs", type=Path, default=default_docs())
    return parser.parse_args()


if __name__ == "__main__":
    main()
