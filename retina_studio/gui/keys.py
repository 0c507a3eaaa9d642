"""Every action as the list of keys shows it, and which keys clash. No widgets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from retina_studio.domain.labels import Label, Modality, catalogue
from retina_studio.gui.actions import ActionSpec, label_action
from retina_studio.gui.words import tr, tr_data
from retina_studio.images.enhance import VIEWS


@dataclass(frozen=True)
class Keyed:
    """An action as the list of keys shows it: its usual keys, and the modality it is for (None: both)."""

    name: str
    section: str
    text: str
    usual: tuple[str, ...]
    modality: Modality | None = None


def keyed_actions(specs: Iterable[ActionSpec]) -> list[Keyed]:
    """Every action in the order of the menus, then the labels."""
    rows = [
        Keyed(spec.name, _section(spec.menu), tr_data(spec.text), spec.keys, _modality(spec))
        for spec in specs
    ]
    return rows + [_of_label(entry) for entry in catalogue().values()]


def _section(menu: str) -> str:
    return tr_data(menu.partition("/")[0])


def _modality(spec: ActionSpec) -> Modality | None:
    view = VIEWS.get(spec.name.removeprefix("view:")) if spec.name.startswith("view:") else None
    return view.modality if view else None


def _of_label(entry: Label) -> Keyed:
    text = f"{entry.code}   {tr_data(entry.title)}"
    return Keyed(label_action(entry.code), tr("Labels"), text, (entry.key,), entry.modality)


def clashes(keys: Mapping[str, Sequence[str]], rows: Sequence[Keyed], name: str, key: str) -> list[Keyed]:
    """The other actions that a key already belongs to; those of the two modalities may share one."""
    wanted = QKeySequence(key)
    modality = next((row.modality for row in rows if row.name == name), None)
    return [
        row
        for row in rows
        if row.name != name
        and not (row.modality and modality and row.modality != modality)
        and any(QKeySequence(other) == wanted for other in keys[row.name])
    ]
