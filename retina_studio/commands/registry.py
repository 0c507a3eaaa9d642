"""The commands of the model registry: weights list, show, import, promote, override, rollback, compare and others."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column, Table

from retina_studio.commands.shared import Device, Json, StudyFolder, console, errors, progress
from retina_studio.domain.comparison import Compared, Total, totals
from retina_studio.domain.errors import RetinaError

if TYPE_CHECKING:
    from retina_studio.images.read import Pixels
    from retina_studio.images.sources import Source
    from retina_studio.inference.comparing import HeldOut
    from retina_studio.inference.registry import Event, Registry, Version
    from retina_studio.study.records import ImageRecord
    from retina_studio.study.study import Study

app = typer.Typer()
weights_app = typer.Typer(
    help="The model registry: versions of each model's weights, and which of them is used.",
    no_args_is_help=True,
)
app.add_typer(weights_app, name="weights")

Stem = Annotated[str, typer.Argument(metavar="STEM", help="The model, e.g. disc.")]
Hash = Annotated[
    str,
    typer.Argument(metavar="HASH", help="A version: six digits of its hash or more, `current` or `shipped`."),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it, for the history.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the history.")]
_OPERATOR = "command line"
_SHOWN = 20  # images that `compare` lists at each end


@weights_app.command("list")
def list_(
    model: Annotated[str, typer.Option(metavar="STEM", help="Only of this model.")] = "", json_: Json = False
) -> None:
    """List every version of the models' weights: the shipped ones, and those that were added."""
    registry = _registry(model)
    versions = registry.versions(model)
    if json_:
        print(json.dumps([version.to_dict() for version in versions]))
        return
    if not versions:
        console.print("There are no weights yet: train a model, or `retina-studio weights import FILE`.")
        return
    heads = ("Model", "Hash", "State", "Origin", "Added", "Figures")
    table = Table(*(Column(head, no_wrap=head != "Figures") for head in heads))
    for version in versions:
        figures = [f"{name} {_figure(value)}" for name, value in version.facts.metrics.items()]
        row = (version.stem, version.short, version.state, version.origin, version.added[:10])
        table.add_row(*row, ", ".join(figures[:3]))
    console.print(table)


@weights_app.command()
def show(stem: Stem, which: Hash, json_: Json = False) -> None:
    """Say all that is known of a version: where it comes from, its figures and recipe, and what was done with it."""
    registry = _registry(stem)
    version = registry.version(stem, which)
    digest = "" if version.origin == "shipped" else version.hash
    events = [event for event in registry.events(stem) if digest in (event.hash, event.before)]
    if json_:
        history = [event.to_dict() for event in events]
        print(json.dumps({**version.to_dict(), "file": str(registry.file(version)), "history": history}))
        return
    for name, value in _card(registry, version):
        console.print(f"{name}: {value}")
    for event in events:
        console.print(_event_words(event))


@weights_app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A safetensors file, or the folder of a run with one.")
    ],
    sha256: Annotated[str, typer.Option(help="The file's hash, as its maker told it.")] = "",
    parent: Annotated[str, typer.Option(metavar="HASH", help="The weights it was trained from.")] = "",
    by: By = _OPERATOR,
) -> None:
    """Check a weights file and add it as a candidate; nothing uses it until it is promoted."""
    from retina_studio.inference.registry import Registry

    is_run = file.is_dir()
    version = Registry().add(
        _weights_in(file) if is_run else file,
        by,
        origin="run" if is_run else "imported",
        expected=sha256,
        parent=parent,
    )
    console.print(f"{version.stem} {version.short} is a candidate now ({version.hash}).")


@weights_app.command()
def promote(stem: Stem, which: Hash, reason: Reason, by: By = _OPERATOR) -> None:
    """Use a version from now on; the one before is retired."""
    version = _registry(stem).promote(stem, which, by, reason)
    console.print(f"{stem} runs with {version.short} from now on.")


@weights_app.command()
def retire(stem: Stem, which: Hash, reason: Reason, by: By = _OPERATOR) -> None:
    """Put a version away: no roll back leads to it. Its file stays."""
    version = _registry(stem).retire(stem, which, by, reason)
    console.print(f"{stem} {version.short} is retired.")


@weights_app.command()
def rollback(stem: Stem, reason: Reason, by: By = _OPERATOR) -> None:
    """Use the version again that was current before."""
    version = _registry(stem).roll_back(stem, by, reason)
    console.print(f"{stem} runs with {version.short} again.")


@weights_app.command()
def override(
    study: StudyFolder,
    stem: Stem,
    which: Hash,
    as_: Annotated[str, typer.Option("--as", metavar="NAME", help="An engineer of the study.")],
    reason: Reason,
) -> None:
    """Use weights that the gate held back; the study's audit trail keeps who answers for them, and why."""
    from retina_studio.retraining.overriding import override as promote_anyway
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        version = promote_anyway(opened, _registry(stem), stem, which, as_, reason)
    console.print(f"{stem} runs with {version.short} from now on; {as_} answers for it.")


@weights_app.command()
def export(
    stem: Stem,
    which: Hash,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new file, or a folder.")],
) -> None:
    """Copy a version's file."""
    registry = _registry(stem)
    written = registry.export(registry.version(stem, which), out)
    console.print(f"Written: {written}")


@weights_app.command()
def compare(
    stem: Stem,
    old: Hash,
    new: Hash,
    images: Annotated[
        list[Path],
        typer.Option(
            metavar="PATH",
            help="A snapshot (its split `test`), or images without truth: a study, folder or file. May be repeated.",
        ),
    ],
    split: Annotated[str, typer.Option(help="train, val or test, of a snapshot.")] = "test",
    device: Device = "auto",
    json_: Json = False,
) -> None:
    """Say what changed between two versions: on which images the new one is better, and on which worse."""
    from retina_studio.inference.comparing import compare_weights

    registry = _registry(stem)
    files = [registry.file(registry.version(stem, which)) for which in (old, new)]
    with ExitStack() as opened, progress("Compare") as tick:
        looked_at = [image for path in images for image in _images(path, stem, split, opened)]
        cases = []
        for case, _, _ in compare_weights(files[0], files[1], looked_at, device):
            cases.append(case)
            tick(len(cases), len(looked_at))
    if json_:
        print(json.dumps(_report(cases)))
        return
    _print_totals(totals(cases))
    _print_cases(cases)


def _registry(stem: str) -> "Registry":
    """The person's registry, with what an older version left of a model taken in."""
    from retina_studio.inference.registry import Registry

    registry = Registry()
    for sentence in registry.take_in_all(stem):
        errors.print(sentence)
    return registry


def _weights_in(run: Path) -> Path:
    found = sorted(run.glob("*.safetensors"))
    if len(found) != 1:
        raise RetinaError(f"{run} holds {len(found)} weights files: name the file.")
    return found[0]


def _card(registry: "Registry", version: "Version") -> Iterator[tuple[str, str]]:
    facts = version.facts
    channels, height, width = facts.input
    yield "Model", f"{version.stem} ({facts.size})"
    yield "SHA-256", version.hash
    yield "File", str(registry.file(version))
    yield "State", version.state
    yield "Origin", version.origin + (f", added {version.added} by {version.by}" if version.added else "")
    yield "Trained from, or replaced", version.parent or "not known"
    yield "Snapshot", facts.store_hash or "none"
    yield "Stages", ", ".join(facts.stages) or "none"
    yield "Input", f"{width} x {height}, {channels} channel{'s' if channels > 1 else ''}"
    yield "Software", facts.software or "not known"
    for name, value in facts.metrics.items():
        yield f"  {name}", _figure(value)
    yield "Recipe", json.dumps(facts.recipe)


def _event_words(event: "Event") -> str:
    words = {"add": "added", "promote": "promoted", "retire": "retired", "roll back": "rolled back to"}
    version = event.hash[:12] or "the shipped weights"
    return f"{event.at}  {event.by or 'Retina Studio'}: {words[event.deed]} {version} ({event.why})"


def _images(path: Path, stem: str, split: str, opened: ExitStack) -> "list[HeldOut]":
    """The images of a snapshot with their consensus, or those of a study, folder or file without one."""
    from retina_studio.gui.models.held_out import BareImage, held_out, modality_of
    from retina_studio.images.sources import find_sources
    from retina_studio.store.read import Snapshot
    from retina_studio.study.study import Study

    if path.suffix == ".h5":
        return [*held_out(opened.enter_context(Snapshot(path)), stem, split)]
    if (path / "study.toml").is_file():
        study = opened.enter_context(Study.open(path))
        wanted = [image for image in study.images() if image.modality == modality_of(stem)]
        return [BareImage(image.name, partial(_read_from, study, image)) for image in wanted]
    sources = opened.enter_context(find_sources([path]))
    for sentence in sources.refused:
        errors.print(sentence)
    return [BareImage(source.path.name, partial(_decode, source)) for source in sources.files]


def _read_from(study: "Study", image: "ImageRecord") -> "Pixels":
    from retina_studio.images.read import read_image

    return read_image(study.image_file(image))


def _decode(source: "Source") -> "Pixels":
    from retina_studio.images.read import decode_image

    return decode_image(source.read(), source.path.name)


def _report(cases: list[Compared]) -> dict[str, Any]:
    return {
        "totals": [line.__dict__ for line in totals(cases)],
        "images": [
            {
                "name": case.name,
                "verdict": case.verdict(),
                "change": case.change,
                "scores": [score.__dict__ for score in case.scores],
                "overlap": case.overlap,
                "turned": case.turned,
                "truth": case.truth,
            }
            for case in cases
        ],
    }


def _print_totals(lines: tuple[Total, ...]) -> None:
    if not lines:
        console.print("Nothing is settled of these images: what follows is how far both versions agree.")
        return
    table = Table("Of", "Images", "Old", "New", "Change", "Better", "Worse", "Right before", "Right now")
    for line in lines:
        right = [str(count) for count in line.right] if line.right else ["", ""]
        table.add_row(
            f"{line.name} ({line.kind})", str(line.images), _figure(line.old), _figure(line.new),
            f"{line.new - line.old:+.3f}", str(line.better), str(line.worse), *right,
        )  # fmt: skip
    console.print(table)


def _print_cases(cases: list[Compared]) -> None:
    """The worst first; of images without truth those on which both differ most."""
    ordered = sorted(cases, key=lambda case: (case.change or 0.0, case.same))
    shown = ordered if len(ordered) <= 2 * _SHOWN else [*ordered[:_SHOWN], *ordered[-_SHOWN:]]
    heads = ("Image", "", "Change", "Agree", "What changed")  # agree: old and new, with each other
    table = Table(*(Column(head, no_wrap=head != "What changed") for head in heads))
    for case in shown:
        change = "" if case.change is None else f"{case.change:+.3f}"
        said = [f"{s.name} {_figure(s.old)} -> {_figure(s.new)}" for s in case.scores if s.change != 0]
        said += [f"{scale} answered differently" for scale in case.turned]
        table.add_row(case.name, case.verdict(), change, f"{case.same:.3f}", "; ".join(said))
    console.print(table)
    if len(shown) < len(ordered):
        console.print(f"{len(ordered) - len(shown)} images in between are not shown; --json has all.")


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
