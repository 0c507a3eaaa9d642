"""Pages that are tables of what the code holds: keys, labels and grades, settings and rules, recipes."""

import inspect
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from training.augment import Augmentation
from training.recipe import RECIPES, AugmentRecipe, BaseRecipe, StageRecipe

_KINDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    dict: "table",
    tuple: "list",
    Any: "any",
}


def keys_page() -> str:
    """Every key and gesture of the window, from the tables that the window is built of."""
    from retina_studio.gui.actions import ACTIONS, GESTURES  # noqa: PLC0415 - Qt, only for this page
    from retina_studio.gui.board import commands as board  # noqa: PLC0415
    from retina_studio.gui.features import FEATURES  # noqa: PLC0415
    from retina_studio.gui.keys import keyed_actions  # noqa: PLC0415

    specs = [*ACTIONS, *(spec for feature in FEATURES for spec in feature.specs)]
    tips = {spec.name: spec.tip for spec in specs}
    lines = [
        "# Keys",
        "",
        "This page is made from the tables that the window is built of. In the window `F1` shows the keys, and "
        "`Shift+F1` changes them. A row without a key can be given one there.",
        "",
    ]
    rows = keyed_actions(specs)
    for section in dict.fromkeys(row.section for row in rows):
        of_section = [row for row in rows if row.section == section]
        lines += [f"## {section}", ""]
        lines += _table(
            ("Keys", "Action", "What it does"),
            ((_keys(row.usual), row.text, tips.get(row.name, row.modality or "")) for row in of_section),
        )
    lines += ["## Mouse and gestures", "", *_table(("Gesture", "What it does"), GESTURES)]
    lines += ["## On the adjudication board", ""]
    lines += _table(
        ("Keys", "Action", "What it does"),
        ((_keys(spec.keys), spec.text, spec.tip) for spec in board.SPECS),
    )
    lines += _table(("Gesture", "What it does"), board.GESTURES)
    return "\n".join(lines)


def labels_page() -> str:
    """The catalogue of labels, and the scales of the image grades."""
    from retina_studio.domain.labels import catalogue, scales  # noqa: PLC0415

    lines = [
        "# Labels and grades",
        "",
        "This page is made from `resources/labels.toml` and `resources/grades.toml`.",
        "",
        "A label is **answered** when it is drawn, when its *none* box is ticked, or when the grade in the last column "
        "was given. Silence is not *none*.",
        "",
        "## Labels",
        "",
    ]
    lines += _table(
        ("Label", "Means", "Images", "Shapes", "Key", "Answered by"),
        (
            (
                f"`{entry.code}`",
                entry.title,
                entry.modality,
                ", ".join(entry.kinds) + (" (one an image)" if entry.single else ""),
                f"`{entry.key}`",
                f"`{entry.answered_by}`" if entry.answered_by else "",
            )
            for entry in catalogue().values()
        ),
    )
    lines += ["## Grades", ""]
    lines += _table(
        ("Scale", "Means", "Images", "Values"),
        (
            (
                f"`{code}`",
                scale.title,
                ", ".join(scale.modality),
                ", ".join(f"`{json.dumps(v)}`" for v in scale.values),
            )
            for code, scale in scales().items()
        ),
    )
    return "\n".join(lines)


def settings_page() -> str:
    """What a study may be set to, and the rules that are data."""
    from retina_studio import paths  # noqa: PLC0415
    from retina_studio.study.settings import KNOWN  # noqa: PLC0415

    lines = [
        "# Settings and rules",
        "",
        "This page is made from the code and from `resources/`.",
        "",
        "## Settings of a study",
        "",
        "Read them with `retina-studio settings STUDY show`; change one with `retina-studio settings STUDY set KEY "
        "VALUE`. The audit trail holds every change.",
        "",
        *_table(("Key", "What it is"), ((f"`{key}`", meaning) for key, meaning in KNOWN.items())),
    ]
    for title, name in (("Rules of the vote", "vote.toml"), ("From a map to a proposal", "postprocess.toml")):
        text = (paths.resources() / name).read_text("utf-8").strip()
        lines += [f"## {title}", "", f"The file `resources/{name}`:", "", "```toml", text, "```", ""]
    return "\n".join(lines)


def recipes_page() -> str:
    """Every option of every recipe, from the models that read it, and the shipped recipes."""
    from training.tasks import task_spec  # noqa: PLC0415

    lines = [
        "# Recipes",
        "",
        "A recipe is a TOML file with the numbers of one training. This page is made from the models that read it. An "
        "unknown key is an error. `--set KEY=VALUE` of `python -m training run` changes one key.",
        "",
    ]
    lines += ["## Every recipe", "", *_fields(BaseRecipe, _attributes(BaseRecipe))]
    lines += ["## A stage", "", *_fields(StageRecipe, _attributes(StageRecipe))]
    lines += ["## Random changes", "", *_fields(AugmentRecipe, _attributes(Augmentation))]
    for stem in ("ppa", "lesion", "glaucoma", "disc", "oct"):
        recipe = task_spec(stem).recipe
        lines += [f"## {stem}", "", *_fields(recipe, _attributes(recipe), BaseRecipe.model_fields)]
        for file in sorted(RECIPES.glob(f"{stem}-*.toml")):
            text = file.read_text("utf-8").strip()
            tomllib.loads(text)
            lines += [f"### {file.stem}", "", "```toml", text, "```", ""]
    return "\n".join(lines)


def _fields(model: type[BaseModel], said: Mapping[str, str], but: Iterable[str] = ()) -> list[str]:
    rows = [
        (f"`{name}`", _kind(field.annotation), _usual(field), said.get(name, ""))
        for name, field in model.model_fields.items()
        if name not in but
    ]
    return _table(("Key", "Kind", "Usually", "What it is"), rows)


def _attributes(model: type) -> Mapping[str, str]:
    """What the docstring says of each field, under "Attributes:"."""
    _, _, block = inspect.cleandoc(model.__doc__ or "").partition("Attributes:\n")
    said: dict[str, str] = {}
    for entry in re.split(r"\n {4}(?! )", "\n" + block):
        names, colon, words = entry.partition(":")
        if colon:
            said |= dict.fromkeys((name.strip() for name in names.split(",")), " ".join(words.split()))
    return said


def _kind(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(inner[0])
    if origin is Literal:
        return " or ".join(json.dumps(value) for value in inner)
    if origin in {Union, UnionType}:
        return " or ".join("none" if kind is type(None) else _kind(kind) for kind in inner)
    if inner:
        return f"{_kind(origin)} of {', '.join(_kind(kind) for kind in inner if kind is not Ellipsis)}"
    return _KINDS.get(
        annotation, "table" if _is_model(annotation) else getattr(annotation, "__name__", "any")
    )


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _usual(field: Any) -> str:
    if field.default is PydanticUndefined:
        return "**needed**"
    return (
        "its own table"
        if isinstance(field.default, BaseModel)
        else "none"
        if field.default is None
        else f"`{json.dumps(field.default)}`"
    )


def _keys(keys: Sequence[str]) -> str:
    return " or ".join(f"`{key}`" for key in keys)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return ["| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *cells)] + [""]
