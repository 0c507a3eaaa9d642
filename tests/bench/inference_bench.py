"""The five compact models on one photograph of 3072 x 2048: ours beside the same networks in plain eager PyTorch.

    python -m tests.bench.inference_bench [--runs 5] [--threads 2]

Both do the whole way from the pixels to a mask of every label, in float32 on the CPU; loading and compiling are not
counted. Fresh weights: what a network costs does not depend on its numbers.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from retina_studio.inference.models import modality_read
from retina_studio.inference.predictor import Predictor
from retina_studio.networks.find import find
from retina_studio.networks.table import MODELS
from retina_studio.networks.weights import WeightsHeader, load_weights, save_weights
from retina_studio.phantoms.fundus import fundus_phantom

from .table import Row

PLAIN = "plain eager PyTorch"
LESION_SIDE = 1280  # of the shipped weights' input
SIZE = (2048, 3072)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for row in inference_rows(Path(scratch), options.runs, options.threads):
            print(
                f"{row.name}: {row.ours:.0f} ms, {row.peers[PLAIN]:.0f} ms, {row.peers[PLAIN] / row.ours:.2f}"
            )


def inference_rows(scratch, runs=5, threads=None):
    """The rows of the table; `scratch` is for weights files."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        return _rows(scratch, runs)
    finally:
        torch.set_num_threads(before)


def _rows(scratch, runs):
    pixels = fundus_phantom(1, size=SIZE).pixels
    rows, totals = [], np.zeros(2)
    for spec in MODELS:
        if spec.size == "compact":
            times = _times(scratch / f"{spec.stem}.safetensors", spec, pixels, runs)
            totals += times
            side = f"{spec.stem} ({_preprocessing(spec).height} x {_preprocessing(spec).width})"
            rows.append(
                Row(f"model {side} on a photograph of 3072 x 2048", 0, times[0], "ms", {PLAIN: times[1]})
            )
    rows.append(Row("all five models on one photograph", 0, totals[0], "ms", {PLAIN: totals[1]}))
    return rows


def _preprocessing(spec):
    side = {"height": LESION_SIDE, "width": LESION_SIDE} if spec.stem == "lesion" else {}
    return replace(spec.preprocessing, **side)


def _times(path, spec, pixels, runs):
    """Median milliseconds of ours and of the plain network, which take turns."""
    torch.manual_seed(0)
    chosen = _preprocessing(spec)
    state = spec.build(chosen, spec.options).state_dict()
    save_weights(path, state, WeightsHeader(spec.stem, spec.size, spec.options, chosen))
    predictor, loaded = Predictor(path, "cpu"), load_weights(path)
    predictor.compile()

    def ours():
        return predictor.look(pixels, modality_read(spec.stem)).finding

    def plain():
        return find(spec, loaded.network, pixels, chosen)

    times = [[], []]
    for turn in range(runs + 1):
        for way, taken in zip((ours, plain), times, strict=True):
            start = time.perf_counter()
            finding = way()
            for label in finding.labels:
                finding.mask(label)
            if turn:  # the first warms up
                taken.append((time.perf_counter() - start) * 1000)
    return np.array([statistics.median(taken) for taken in times])


if __name__ == "__main__":
    main()
