"""Train a tiny disc network, in as many processes as it was started with, and write losses and weights.

Batch statistics stay as they start: on a CPU they are each process's own.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

from retina_studio.networks.table import model_spec
from retina_studio.store.read import Snapshot
from training.data.examples import SplitData
from training.events import Events
from training.fabric import make_fabric
from training.loop import Loop
from training.recipe import read_recipe
from training.subject import chosen, fresh_network
from training.tasks.disc import DiscRecipe, DiscTask


def main(store, recipe, out, processes, batch):
    torch.set_num_threads(1)
    changes = [f"{stage}.batch_size={batch}" for stage in ("localiser", "decoder")]
    changes += ["localiser.epochs=2", "decoder.epochs=3", "network.dropout=0.0"]
    numbers = read_recipe(Path(recipe), DiscRecipe, changes)
    fabric = make_fabric("cpu", int(processes))
    fabric.launch()
    row = model_spec("disc", "compact")
    network = fresh_network(row, numbers)
    network.freeze(*(part for part in network.modules() if isinstance(part, nn.BatchNorm2d)))
    out = Path(out)
    with Snapshot(Path(store)) as snapshot:
        spec, needs = chosen(row, numbers)[0], DiscTask.needs(numbers)
        data = {split: SplitData(snapshot, split, spec, needs) for split in ("train", "val")}
        task = DiscTask(fabric, network, data, numbers)
        events = Events(out / "events.jsonl", silent=not fabric.is_global_zero)
        Loop(task, 0, events, out / "checkpoint.safetensors").run()
    if fabric.is_global_zero:
        sums = {name: float(t.double().abs().sum()) for name, t in task.state().items()}
        (out / "sums.json").write_text(json.dumps(sums), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
