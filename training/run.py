"""One run from the snapshot to the weights and the report."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from retina_studio import __version__, paths
from retina_studio.domain.errors import RetinaError
from retina_studio.networks.backbones import backbone_state
from retina_studio.networks.files import write_atomically
from retina_studio.networks.frozen import Freezes
from retina_studio.networks.table import ModelSpec
from retina_studio.networks.weights import WeightsHeader, save_weights
from retina_studio.store.read import Snapshot
from training.checkpoint import Progress
from training.compare.beside import compared_row, compared_spec
from training.control import Control, PausedError
from training.data.estimate import Estimate, check_room, estimate
from training.data.examples import SplitData
from training.data.leakage import check_leakage
from training.evaluation.driver import Evaluation, evaluate, measurable
from training.events import Events
from training.fabric import make_fabric
from training.loop import Loop
from training.recipe import BaseRecipe, as_toml
from training.report.examples import Examples
from training.report.gallery import Gallery
from training.report.page import write_report
from training.subject import Subject, chosen, fresh_network, recipe_of, row_and_recipe, start_from
from training.task import StemTask
from training.tasks import TaskSpec, task_spec


@dataclass(frozen=True)
class RunRequest:
    """What a person asks for.

    Attributes:
        store: the snapshot.
        model, size: the row of the model table.
        out: the run's folder; one that was interrupted continues.
        recipe: a file in place of the shipped recipe.
        changes: of the recipe, KEY=VALUE.
        seconds: bound on the training time.
        device: auto, cpu or cuda.
        devices: how many processes train together, each on its own device.
        from_scratch: no pretrained encoder, whatever the recipe says.
        backbone_weights: a local file of a pretrained encoder.
        download_backbone: whether torchvision may fetch one.
        system: a comparison system in the model's place; "" for the model itself.
        start: weights of the same network to start from, in place of a pretrained encoder.
        recipe_of_start: take the recipe that these weights carry, in place of the shipped one.
        examples: so many validation images are drawn with their answers after each epoch.
    """

    store: Path
    model: str
    size: str
    out: Path
    recipe: Path | None = None
    changes: tuple[str, ...] = ()
    seconds: float | None = None
    device: str = "auto"
    devices: int = 1
    from_scratch: bool = False
    backbone_weights: Path | None = None
    download_backbone: bool = False
    system: str = ""
    start: Path | None = None
    recipe_of_start: bool = False
    examples: int = 0

    @property
    def spec(self) -> TaskSpec:
        """What the training is made of."""
        return compared_spec(self.model) if self.system else task_spec(self.model)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A request that was found good: all that training needs.

    `parent` is the SHA-256 of the weights that it starts from, "" for none.
    """

    row: ModelSpec
    recipe: BaseRecipe
    evaluation: Evaluation
    task: StemTask
    backbone: str
    size: Estimate
    parent: str

    @property
    def subject(self) -> Subject:
        """The network as it is being trained."""
        preprocessing, _ = chosen(self.row, self.recipe)
        return Subject(self.row, self.task.network, preprocessing)


def run(request: RunRequest) -> None:
    """Train; leaves run.json, recipe.toml, events.jsonl, checkpoint.safetensors, STEM.safetensors, report.json and
    report.html in the folder.

    Raises:
        RetinaError, ValueError: the request cannot be met, in one sentence.
    """
    changes = (*request.changes, *(("pretrained=false",) if request.from_scratch else ()))
    if request.recipe_of_start:
        if request.start is None or request.recipe is not None:
            raise RetinaError(
                "--recipe-of-start takes the recipe of the weights that --start names, and no other."
            )
        row, recipe = recipe_of(request.start, request.model, request.size, changes)
    else:
        row, recipe = row_and_recipe(request.model, request.size, request.recipe, changes)
    if request.system:
        row, recipe = compared_row(row, recipe, request.system)
    fabric = make_fabric(request.device, request.devices, recipe.precision)
    fabric.launch()
    with Snapshot(request.store) as snapshot:
        check_leakage(snapshot)
        prepared = _prepare(request, row, recipe, fabric, snapshot)
        identity = _identity(request, recipe, snapshot)
        if fabric.is_global_zero:
            _claim(request.out, identity, as_toml(recipe))
        fabric.barrier()
        events = Events(request.out / "events.jsonl", silent=not fabric.is_global_zero)
        if (request.out / "report.json").is_file():
            events.emit("end", finished_before=True)
            return
        try:
            _train(request, prepared, snapshot, events, identity)
        except PausedError:
            return
        except OSError as error:
            raise RetinaError(
                f"The run in {request.out} cannot be written ({error.strerror}); make room and start it again: "
                "it continues."
            ) from error
        except Exception as error:
            events.emit("error", message=str(error))
            raise


def _prepare(
    request: RunRequest, row: ModelSpec, recipe: BaseRecipe, fabric: Fabric, snapshot: Snapshot
) -> Prepared:
    """Everything that can be found wrong with a request is found here, before the folder is touched."""
    torch.use_deterministic_algorithms(recipe.deterministic, warn_only=True)
    torch.backends.cudnn.benchmark = not recipe.deterministic
    preprocessing, _ = chosen(row, recipe)
    spec = request.spec
    network = fresh_network(row, recipe)
    backbone, parent = (
        ("", start_from(request.start, row, recipe, network))
        if request.start
        else (_start_backbone(request, recipe, network), "")
    )
    cache = paths.user_cache() / "examples"
    data = {
        split: SplitData(
            snapshot,
            split,
            preprocessing,
            spec.task.needs(recipe),
            only=recipe.only,
            cache=cache,
            fraction=recipe.fraction if split == "train" else 1.0,
            seed=recipe.seed,
        )
        for split in ("train", "val")
    }
    task = spec.task(fabric, network, data, recipe, request.out)
    steps = {stage.name: stage.steps * stage.recipe.epochs for stage in task.stages}
    largest = max(stage.recipe.batch_size for stage in task.stages)
    moments = max(stage.moments for stage in task.stages)
    size = estimate(data, network, steps, largest, moments)
    check_room(size, request.out, cache)
    return Prepared(row, recipe, spec.evaluation, task, backbone, size, parent)


def _start_backbone(request: RunRequest, recipe: BaseRecipe, network: Freezes) -> str:
    """Put pretrained weights into the encoder where the recipe says; what they are, "" for none.

    Raises:
        ValueError: they cannot be had, or fit no encoder of this network.
    """
    if not recipe.pretrained:
        return ""
    if not network.backbone:
        raise RetinaError(
            f"The encoder of {recipe.model} {recipe.size} has no pretrained weights: use --from-scratch."
        )
    state, provenance = backbone_state(
        network.backbone, request.backbone_weights, allow_download=request.download_backbone
    )
    network.load_backbone(state)
    return provenance


def _train(
    request: RunRequest, prepared: Prepared, snapshot: Snapshot, events: Events, identity: dict[str, Any]
) -> None:
    task = prepared.task
    events.emit(
        "start",
        **identity,
        device=str(task.fabric.device),
        backbone=prepared.backbone,
        parent=prepared.parent,
        parameters=prepared.size.parameters,
        images=prepared.size.examples,
    )
    events.emit("estimate", **prepared.size.to_dict())
    for split, data in task.data.items():
        data.prepare(_reporter(events, split, len(data)))
    examples = Examples(
        request.examples, prepared.subject, prepared.evaluation, snapshot, request.out, events
    )
    loop = Loop(
        task,
        prepared.recipe.seed,
        events,
        request.out / "checkpoint.safetensors",
        request.seconds,
        Control(request.out / "control"),
        examples.draw if request.examples else None,
    )
    progress = loop.run()
    if task.fabric.is_global_zero:
        _finish(request, prepared, snapshot, events, identity, progress)
    task.fabric.barrier()


def _reporter(events: Events, split: str, images: int) -> Callable[[int], None]:
    """Tells of the preparation twenty times."""
    step = max(images // 20, 25)

    def report(done: int) -> None:
        if done % step == 0 or done == images:
            events.emit("prepare", split=split, done=done, images=images)

    return report


def _finish(
    request: RunRequest,
    prepared: Prepared,
    snapshot: Snapshot,
    events: Events,
    identity: dict[str, Any],
    progress: Progress,
) -> None:
    """Weights, held-out figures and report of a run that is done."""
    task = prepared.task
    task.train(False)
    digest = None if request.system else _save(request, prepared, snapshot, progress)
    gallery = Gallery()
    test = _test_figures(prepared, snapshot, gallery)
    report = {
        **identity,
        "weights_hash": digest,
        "backbone": prepared.backbone,
        "parent": prepared.parent,
        "parameters": prepared.size.parameters,
        "images": prepared.size.examples,
        "device": str(task.fabric.device),
        "training_seconds": progress.elapsed,
        "cut_by_time": progress.cut,
        # Where time cut a stage, how many steps it made depends on the machine, and so do the weights.
        "reproducible": not progress.cut,
        "validation": progress.figures,
        "test": test,
    }
    evaluation = prepared.evaluation
    write_report(request.out, report, gallery, paper=evaluation.paper, remark=evaluation.remark)
    # Last: its presence says that the run is done.
    write_atomically(request.out / "report.json", json.dumps(report, indent=1).encode())
    summary = {name: value for name, value in (test or {}).items() if name != "per_image"}
    events.emit(
        "end", weights_hash=digest, cut_by_time=progress.cut, validation=progress.figures, test=summary
    )


def _save(request: RunRequest, prepared: Prepared, snapshot: Snapshot, progress: Progress) -> str:
    """Write the weights; their SHA-256."""
    preprocessing, options = chosen(prepared.row, prepared.recipe)
    header = WeightsHeader(
        stem=request.model,
        size=request.size,
        options=options,
        preprocessing=preprocessing,
        stages=tuple(stage.name for stage in prepared.task.stages),
        metrics={f"val_{name}": value for name, value in progress.figures.items()},
        store_hash=snapshot.content_hash,
        recipe=prepared.recipe.model_dump(mode="json"),
        software=__version__,
        parent=prepared.parent,
    )
    return save_weights(request.out / f"{request.model}.safetensors", prepared.task.state(), header)


def _test_figures(prepared: Prepared, snapshot: Snapshot, gallery: Gallery) -> dict[str, Any] | None:
    """The figures of the split "test"; None where it says nothing of what the model answers."""
    recipe, evaluation = prepared.recipe, prepared.evaluation
    if not measurable(snapshot, "test", evaluation.needs, recipe.only):
        return None
    find = prepared.subject.find
    return evaluate(evaluation, find, snapshot, "test", only=recipe.only, watch=gallery.add)


def _identity(request: RunRequest, recipe: BaseRecipe, snapshot: Snapshot) -> dict[str, Any]:
    """What must stay the same for a run to be continued."""
    return {
        "model": request.model,
        "size": request.size,
        "system": request.system,
        "seed": recipe.seed,
        "devices": request.devices,
        "store_hash": snapshot.content_hash,
        "start": hashlib.sha256(request.start.read_bytes()).hexdigest() if request.start else "",
        "recipe_hash": hashlib.sha256(recipe.model_dump_json().encode()).hexdigest(),
        "software": __version__,
    }


def _claim(out: Path, identity: dict[str, Any], recipe: str) -> None:
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
            write_atomically(out / "recipe.toml", recipe.encode())
            write_atomically(file, json.dumps(identity, indent=1).encode())
    except (OSError, ValueError, AttributeError) as error:
        raise RetinaError(f"The run's folder {out} cannot be used: {error}.") from error
