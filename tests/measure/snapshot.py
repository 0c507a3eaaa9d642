"""One study and one curated snapshot of the research sets, through the commands a person would type.

The labels are one reading, so the vote's rules are those that fit one: `graders` 1, `agreeing` 1, and lesions by
pixel (matching objects between graders has no meaning with one). Names are kept as the sets give them (`--names
keep`): they are published numbers, and a globbed name such as `heimed_*` chooses a set.
"""

import json
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .counts import counts_of, differing_planes, same_pictures
from .extra import read_extra
from .sets import read_items, some_of_each, whole_patients
from .staging import stage

READER = "Public labels"
RULES = {"graders": 1, "agreeing": 1, "lesions": "pixels"}
SMALL_COUNT, SMALL_SIDE = 10, 700


@dataclass
class Commands:
    """Runs `retina-studio` in processes of its own, and keeps what each printed and how long it took."""

    done: list[dict[str, Any]] = field(default_factory=list)

    def run(self, *arguments: str | Path) -> str:
        """Run one command.

        Raises:
            RuntimeError: it failed; with what it printed.
        """
        words = [str(word) for word in arguments]
        begun = time.perf_counter()
        result = subprocess.run(
            [sys.executable, "-m", "retina_studio", *words], capture_output=True, text=True, check=False
        )
        seconds = round(time.perf_counter() - begun, 1)
        said = (result.stdout + result.stderr).strip()
        self.done.append({"command": " ".join(["retina-studio", *words]), "seconds": seconds, "said": said})
        print(f"[{seconds:6.1f} s] retina-studio {' '.join(words)}\n{said}", flush=True)
        if result.returncode:
            raise RuntimeError(f"retina-studio {' '.join(words)} failed with {result.returncode}: {said}")
        return result.stdout


def make_snapshot(
    data: Path,
    out: Path,
    *,
    name: str,
    extra: Sequence[Path] = (),
    count: int | None = None,
    longest: int | None = None,
) -> dict[str, Any]:
    """Make OUT/NAME.h5, with OUT/NAME.json (the figures); the study and the stage stay in OUT/NAME-study, -stage.

    Args:
        data: the folder of the sets.
        out: where everything goes, outside the repository.
        name: of the snapshot.
        extra: folders that `phantoms` made; their images train and validate only.
        count: at most so many images of each set and split; None takes all.
        longest: makes larger images smaller, to so many pixels.

    Raises:
        RuntimeError: a command failed, or the snapshot is not what the sets say.
    """
    begun = time.perf_counter()
    items, moved = whole_patients([*read_items(data), *(item for each in extra for item in read_extra(each))])
    chosen = some_of_each(items, count) if count else items
    place, study, store = out / f"{name}-stage", out / f"{name}-study", out / f"{name}.h5"
    for old in (place, study):
        shutil.rmtree(old, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    stage(chosen, place, longest)
    staged = round(time.perf_counter() - begun, 1)
    print(f"[{staged:6.1f} s] {len(chosen)} images staged", flush=True)
    commands = Commands()
    _river(commands, place, study, store)
    figures = {
        "made": time.strftime("%Y-%m-%d"),
        "machine": platform.processor() or platform.machine(),
        "snapshot": store.name,
        "megabytes": round(store.stat().st_size / 1e6, 1),
        "seconds": {"staging": staged, "all": round(time.perf_counter() - begun, 1)},
        "rules": RULES,
        "patients in two splits of their set": moved,
        "the same picture twice": (twice := same_pictures(place)),
        "planes that differ from their source": differing_planes(store, place),
        **counts_of(store, {item.name: item.set for item in chosen}),
        "commands": commands.done,
    }
    (out / f"{name}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    if figures["planes that differ from their source"] or len(chosen) - len(twice) != figures["images"]:
        raise RuntimeError(f"The snapshot does not hold what the sets say: see {out / f'{name}.json'}.")
    return figures


def _river(commands: Commands, place: Path, study: Path, store: Path) -> None:
    fresh = store.with_suffix(".new.h5")
    fresh.unlink(missing_ok=True)
    commands.run("init", study)
    commands.run("settings", study, "set", "vote", json.dumps(RULES))
    commands.run("graders", study, "add", READER)
    for folder in sorted(place.iterdir()):
        metadata = folder / "images.csv"
        commands.run(
            "import", study, folder / "images", "--modality", folder.name, "--metadata", metadata,
            "--names", "keep",
        )  # fmt: skip
        if (folder / "masks").is_dir():
            commands.run("labels", study, "import", folder / "masks", "--grader", READER, "--format", "masks")
        commands.run(
            "labels",
            study,
            "import",
            folder / "grades.csv",
            "--grader",
            READER,
            "--format",
            "csv",
            "--submit",
        )
    commands.run("vote", study)
    commands.run("curate", study, fresh)
    commands.run("verify", fresh)
    commands.run("verify", study, "--against", fresh)
    fresh.replace(store)
