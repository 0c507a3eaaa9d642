"""One run from the snapshot to the weights and the report."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from retina_studio import __version__
from retina_studio.domain.errors import RetinaError
from retina_studio.networks.files import write_atomically
from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import ModelSpec, model_spec
from retina_studio.networks.weights import WeightsHeader, save_weights
from retina_studio.store.read import Snapshot
from training.data import DiscData, answered
from training.evaluation import evaluate
from training.events import Events
from training.loop import Loop
from training.recipe import DiscRecipe, read_recipe, shipped_recipe
from training.tasks.disc import DiscTask


@dataclass(frozen=True)
class RunRequest:
    """What a person asks for.

    Attributes:
        store: the snapshot.
        model, size: the row of the model table.
        out: the run's folder; one that was interrupted continues.
        recipe: a file in place of the shipped recipe.
        seconds: bound on the training time.
        device: auto, cpu or cuda.
        seed: in place of the recipe's.
        localiser: False for the comparison arm without pre-training.
    """

    store: Path
    model: str
    size: str
    out: Path
    recipe: Path | None = None
    seconds: float | None = None
    device: str = "auto"
    seed: int | None = None
    localiser: bool = True


def run(request: RunRequest) -> None:
    """Train; leaves events.jsonl, recipe.toml, checkpoint.safetensors, STEM.safetensors and report.json in the folder.

    Raises:
        RetinaError, ValueError: the request cannot be met, in one sentence.
    """
    spec = model_spec(request.model, request.size)
    file = request.recipe or shipped_recipe(request.model, request.size)
    recipe = read_recipe(file)
    if (recipe.model, recipe.size) != (request.model, request.size):
        raise RetinaError(
            f"The recipe {file} is for {recipe.model} {recipe.size}, not {request.model} {request.size}."
        )
    if request.seed is not None:
        recipe = recipe.model_copy(update={"seed": request.seed})
    with Snapshot(request.store) as snapshot:
        task = _task(request, spec, recipe, snapshot)
        identity = _identity(request, recipe, snapshot)
        _claim(request.out, identity, file)
        events = Events(request.out / "events.jsonl")
        if (request.out / "report.json").is_file():
            events.emit("end", finished_before=True, weights=f"{request.model}.safetensors")
            return
        try:
            _train(request, recipe, snapshot, task, events, identity)
        except OSError as error:
            raise RetinaError(
                f"The run in {request.out} cannot be written ({error.strerror}); make room and start it again: "
                "it continues."
            ) from error
        except Exception as error:
            events.emit("error", message=str(error))
            raise


def _task(request: RunRequest, spec: ModelSpec, recipe: DiscRecipe, snapshot: Snapshot) -> DiscTask:
    """Everything that can be found wrong with a request is found here, before the folder is touched."""
    fabric = _fabric(request.device, recipe.precision)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    preprocessing, _ = chosen(spec, recipe)
    data = {split: DiscData(snapshot, split, preprocessing) for split in ("train", "val")}
    return DiscTask(fabric, fresh_network(spec, recipe), data, recipe, localiser=request.localiser)


def _train(
    request: RunRequest,
    recipe: DiscRecipe,
    snapshot: Snapshot,
    task: DiscTask,
    events: Events,
    identity: dict[str, Any],
) -> None:
    events.emit(
        "start",
        **identity,
        device=str(task.fabric.device),
        parameters=sum(p.numel() for p in task.network.parameters()),
        images={
            split: {"located": len(data.located), "outlined": len(data.outlined)}
            for split, data in task.data.items()
        },
    )
    for data in task.data.values():
        data.prepare()
    loop = Loop(task, recipe.seed, events, request.out / "checkpoint.safetensors", request.seconds)
    progress = loop.run()
    preprocessing, options = chosen(model_spec(request.model, request.size), recipe)
    header = WeightsHeader(
        stem=request.model,
        size=request.size,
        options=options,
        preprocessing=preprocessing,
        stages=tuple(stage.name for stage in task.stages),
        metrics={f"val_{name}": value for name, value in progress.figures.items()},
        store_hash=snapshot.content_hash,
        recipe=recipe.model_dump(mode="json"),
        software=__version__,
    )
    digest = save_weights(request.out / f"{request.model}.safetensors", task.state(), header)
    test = _test_figures(task, preprocessing, snapshot, localiser=request.localiser)
    report = {
        **identity,
        "weights_hash": digest,
        "training_seconds": progress.elapsed,
        "cut_by_time": progress.cut,
        # Where time cut a stage, how many steps it made depends on the machine, and so do the weights.
        "reproducible": not progress.cut,
        "validation": progress.figures,
        "test": test,
    }
    write_atomically(request.out / "report.json", json.dumps(report, indent=1).encode())
    summary = {name: value for name, value in (test or {}).items() if name != "per_image"}
    events.emit(
        "end", weights_hash=digest, cut_by_time=progress.cut, validation=progress.figures, test=summary
    )


def _test_figures(
    task: DiscTask, preprocessing: Preprocessing, snapshot: Snapshot, *, localiser: bool
) -> dict[str, Any] | None:
    """The figures of the split "test"; None where it says nothing of the disc."""
    if not answered(snapshot, "test"):
        return None
    task.train(False)
    return evaluate(task.network, preprocessing, snapshot, "test", localiser=localiser)


def fresh_network(spec: ModelSpec, recipe: DiscRecipe) -> LocSeg:
    """The network of a recipe as it starts: its weights follow from the seed.

    Raises:
        ValueError: the recipe's numbers fit no network.
    """
    torch.manual_seed(recipe.seed)
    return spec.build(*chosen(spec, recipe))


def chosen(spec: ModelSpec, recipe: DiscRecipe) -> tuple[Preprocessing, dict[str, Any]]:
    """Preprocessing and network options: the recipe's over the model table's.

    Raises:
        ValueError: the recipe names something that does not exist.
    """
    preprocessing = Preprocessing.from_dict({**spec.preprocessing.to_dict(), **recipe.preprocessing})
    return preprocessing, {**spec.options, **recipe.network}


def _fabric(device: str, precision: Any) -> Fabric:
    if device not in ("auto", "cpu", "cuda"):
        raise RetinaError(f"There is no device {device!r}; use auto, cpu or cuda.")
    if device == "cuda" and not torch.cuda.is_available():
        raise RetinaError("There is no CUDA GPU here; use --device cpu or auto.")
    accelerator = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    try:
        return Fabric(accelerator=accelerator, devices=1, precision=precision)
    except ValueError as error:
        raise RetinaError(f"The recipe's precision {precision!r} is not one that training knows.") from error


def _identity(request: RunRequest, recipe: DiscRecipe, snapshot: Snapshot) -> dict[str, Any]:
    """What must stay the same for a run to be continued."""
    return {
        "model": request.model,
        "size": request.size,
        "localiser": request.localiser,
        "seed": recipe.seed,
        "store_hash": snapshot.content_hash,
        "recipe_hash": hashlib.sha256(recipe.model_dump_json().encode()).hexdigest(),
        "software": __version__,
    }


def _claim(out: Path, identity: dict[str, Any], recipe: Path) -> None:
    """Make the folder this run's own, or find that it is."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = out / "run.json"
        if file.is_file():
            known = json.loads(file.read_text("utf-8"))
            differing = [key for key, value in identity.items() if known.get(key) != value]
            if differing:
                names = ", ".join(differing).replace("_hash", "")
                raise RetinaError(
                    f"{out} holds a run with another {names}: choose another folder with --out."
                )
        elif any(out.iterdir()):
            raise RetinaError(f"{out} is not empty and not a run: choose another folder with --out.")
        else:
            shutil.copyfile(recipe, out / "recipe.toml")
            write_atomically(file, json.dumps(identity, indent=1).encode())
    except (OSError, ValueError, AttributeError) as error:
        raise RetinaError(f"The run's folder {out} cannot be used: {error}.") from error
