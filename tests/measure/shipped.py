"""The shipped weights, measured on the test images of each set, and on the same images changed.

python -m tests.measure shipped STORE DATA OUT.json [--weights FOLDER]
"""

import csv
import json
import time
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from retina_studio.networks.field import field_of_view
from retina_studio.networks.find import find
from retina_studio.networks.finding import Finding
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import LoadedWeights, load_weights
from retina_studio.store.read import Snapshot
from training.evaluation.driver import evaluate, measurable
from training.metrics.common import interval, mean
from training.tasks import task_spec

from .aims import AIMS
from .changed import CHANGES, ChangedCase

Find = Callable[[Any], Finding]
_MOST = 24  # images of a set that are changed: enough to see a fall
_DISC = (
    0.13  # of the field's width: the disc's diameter where the set does not tell it (1.8 mm of 45 degrees)
)
# What is looked at under changes: model -> (images, figures).
_ROBUST: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "glaucoma": {"drishti_*": ("dice_od", "dice_oc"), "rimone_*": ("dice_od",)},
    "lesion": {"idrid_*": ("pixel_f1_HaEx", "pixel_f1_iHE", "pixel_f1_MA"), "dr_grades_*": ("kappa",)},
    "ppa": {"palm_*": ("classifier_auc",)},
    "disc": {"drishti_*": ("dice_mean",)},
    "oct": {"oct_dme_*": ("acc", "classes/dme/auc"), "oct_drusen_*": ("dice",)},
}


def measure_shipped(store: Path, data: Path, out: Path, folder: Path) -> dict[str, Any]:
    """Measure every weights file of a folder; the figures are written to OUT too, after every model.

    What OUT holds already of the same weights on the same snapshot is not measured again.
    """
    with Snapshot(store) as snapshot:
        form = _begun(out, snapshot.content_hash)
        for stem, loaded in _loaded(folder).items():
            if form["models"].get(stem, {}).get("hash") == loaded.hash:
                continue
            print(stem, flush=True)
            form["changes"][stem] = _changed(stem, loaded, snapshot)
            form["models"][stem] = _of_model(stem, loaded, folder, snapshot, data)
            _write(form, out)
    return form


def _begun(out: Path, store_hash: str) -> dict[str, Any]:
    if out.is_file():
        form: dict[str, Any] = json.loads(out.read_text("utf-8"))
        if form["store_hash"] == store_hash:
            return form
    return {"store_hash": store_hash, "models": {}, "changes": {}}


def _write(form: dict[str, Any], out: Path) -> None:
    form |= {"made": time.strftime("%Y-%m-%d %H:%M"), "aims": []}
    for aim in AIMS:
        figures = form["models"].get(aim.stem, {}).get("sets", {}).get(aim.images, {})
        value = figure_of(figures, aim.figure)
        form["aims"].append(
            {
                **aim.__dict__,
                "value": value,
                "interval": figures.get(f"{aim.figure}_interval"),
                "images_measured": figures.get("images"),
                "met": aim.is_met(value),
            }
        )
    out.write_text(json.dumps(form, indent=1), encoding="utf-8")


def figure_of(figures: Mapping[str, Any], name: str) -> float | None:
    """A figure by its name, the parts joined by "/"; None where it is not there."""
    value: Any = figures
    for part in name.split("/"):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _loaded(folder: Path) -> dict[str, LoadedWeights]:
    return {file.stem: load_weights(file) for file in sorted(folder.glob("*.safetensors"))}


def _find(stem: str, loaded: LoadedWeights) -> Find:
    header = loaded.header
    row = model_spec(stem, header.size)
    return lambda pixels: find(row, loaded.network, pixels, header.preprocessing, header.postprocess)


def _of_model(
    stem: str, loaded: LoadedWeights, folder: Path, snapshot: Snapshot, data: Path
) -> dict[str, Any]:
    evaluation = task_spec(stem).evaluation
    names = [entry.name for entry, _ in measurable(snapshot, "test", evaluation.needs)]
    sets = sorted({f"{_set_of(name)}_*" for name in names})
    header = loaded.header
    figures = {}
    for images in sets:
        found = evaluate(evaluation, _find(stem, loaded), snapshot, "test", only=images)
        figures[images] = {key: value for key, value in found.items() if key != "per_image"}
        if stem in ("disc", "glaucoma") and images in ("hrf_*", "heimed_*"):
            figures[images] |= _centres(_find(stem, loaded), snapshot, data / images[:-2], images)
    return {
        "hash": loaded.hash,
        "megabytes": round((folder / f"{stem}.safetensors").stat().st_size / 1e6, 2),
        "parameters": sum(p.numel() for p in loaded.network.parameters()),
        "recipe": header.recipe,
        "stages": header.stages,
        "metrics": header.metrics,
        "postprocess": header.postprocess.to_dict(),
        "store": header.store_hash,
        "sets": figures,
    }


def _set_of(name: str) -> str:
    from .sets import SETS

    return next((known for known in SETS if name.startswith(f"{known}_")), name.split("_", maxsplit=1)[0])


def _centres(look: Find, snapshot: Snapshot, folder: Path, images: str) -> dict[str, Any]:
    """The distance of the disc that was found from the experts' centre, in disc diameters; 1 where none was found."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = {f"{folder.name}_{row['image']}": row for row in csv.DictReader(file)}
    errors = []
    for entry in snapshot.entries:
        if entry.split != "test" or not fnmatchcase(entry.name, images):
            continue
        pixels, row = snapshot.pixels(entry.index), rows[entry.name]
        diameter = float(row.get("disc_diameter") or _DISC * field_of_view(pixels)[2])
        ys, xs = look(pixels).mask("OD").nonzero()
        if not xs.size:
            errors.append(1.0)
            continue
        off = np.hypot(xs.mean() + 0.5 - float(row["disc_x"]), ys.mean() + 0.5 - float(row["disc_y"]))
        errors.append(float(off / diameter))
    return {"centre_dd": mean(errors), "centre_dd_interval": interval(errors), "centre_dd_max": max(errors)}


def _changed(stem: str, loaded: LoadedWeights, snapshot: Snapshot) -> dict[str, Any]:
    """Figures under each change, of some images of each set."""
    evaluation, look = task_spec(stem).evaluation, _find(stem, loaded)
    result: dict[str, Any] = {}
    for images, names in _ROBUST[stem].items():
        cases = _spread(measurable(snapshot, "test", evaluation.needs, images))
        for key, change in CHANGES.items():
            rows = []
            for entry, known in cases:
                finding = look(np.asarray(change.picture(snapshot.pixels(entry.index)), np.uint8))
                rows.append(evaluation.measure(ChangedCase(snapshot, entry, known, finding, change)))
            figures = evaluation.summary(rows)
            for name in names:
                result.setdefault(f"{name}, {images}", {})[key] = figure_of(figures, name)
    return result


def _spread(cases: list[Any]) -> list[Any]:
    """As many as are changed, from the whole of the set: sets are sorted by name, and often by class with it."""
    places = np.linspace(0, len(cases) - 1, min(_MOST, len(cases))).round().astype(int)
    return [cases[place] for place in places]
