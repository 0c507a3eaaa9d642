"""`make survival`: hurt the application in earnest, and write docs/reliability.md and .json.

    python -m tests.survival [all|kill|disk|files|power|soak|backup] ... [--out docs/reliability.md]

Each section is done in parts, and what a part found is in the JSON file as soon as it is done: a run that was stopped
goes on where it was, and --again starts a section anew. The page is made of the JSON file alone.
"""

import argparse
import os
import tempfile
from pathlib import Path

from tests.survival.page import write_page
from tests.survival.record import Record
from tests.survival.sections import SECTIONS

_DOCS = Path(__file__).resolve().parents[2] / "docs"


def main() -> None:
    """Do what is asked, write the page, and fail where anything was lost."""
    options = _options()
    chosen = tuple(SECTIONS) if "all" in options.section else tuple(dict.fromkeys(options.section))
    record = Record(options.out.with_suffix(".json"))
    with tempfile.TemporaryDirectory(prefix="survival-") as scratch:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            os.environ[name] = scratch
        for name in chosen:
            section = SECTIONS[name]
            if options.again:
                record.forget(name)
            for key, part in section.parts(options).items():
                if not record.has(name, key):
                    print(f"{name}: {key}", flush=True)
                    record.keep(name, key, part(Path(tempfile.mkdtemp(dir=scratch))), section.asked(options))
                    write_page(record, options.out)
    write_page(record, options.out)
    raise SystemExit(1 if record.faults(chosen) else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.survival",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("section", nargs="*", default=["all"], choices=["all", *SECTIONS])
    parser.add_argument("--out", type=Path, default=_DOCS / "reliability.md")
    parser.add_argument("--again", action="store_true", help="forget what these sections found before")
    parser.add_argument("--kills", type=int, default=900, help="of processes that edit through the session")
    parser.add_argument("--window-kills", type=int, default=60)
    parser.add_argument("--server-kills", type=int, default=40)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument(
        "--states", type=int, default=1000, help="after a power cut, of the study and of a snapshot"
    )
    parser.add_argument("--switches", type=int, default=20_000)
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="of the soak, at most")
    parser.add_argument("--backups", type=int, default=50)
    return parser.parse_args()


if __name__ == "__main__":
    main()
