"""What the model table holds, counted from the networks themselves."""

from typing import Any

import torch

from retina_studio.networks.table import MODELS, ModelSpec


def inventory() -> list[dict[str, Any]]:
    """One JSON-ready row for every stem, size and variant.

    Keys: stem, size, variant ("" is the row's own), title, input (channels, height, width), answers {name: {"shape" of
    one image, "meaning"}}, parameters, mib (of float32), parts {name of a part: its parameters}.
    """
    return [
        _row(spec, variant, options)
        for spec in MODELS
        for variant, options in {"": {}, **spec.variants}.items()
    ]


def _row(spec: ModelSpec, variant: str, options: Any) -> dict[str, Any]:
    p = spec.preprocessing
    with torch.device("meta"), torch.no_grad():  # shapes and counts need no numbers
        network = spec.build(options={**spec.options, **options}).eval()
        answers = network(torch.empty(1, p.channels, p.height, p.width))
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return {
        "stem": spec.stem,
        "size": spec.size,
        "variant": variant,
        "title": spec.title,
        "input": [p.channels, p.height, p.width],
        "answers": {
            name: {"shape": list(answer.shape[1:]), "meaning": spec.answers[name]}
            for name, answer in answers.items()
        },
        "parameters": parameters,
        "mib": round(4 * parameters / 2**20, 2),
        "parts": {
            name: sum(parameter.numel() for parameter in part.parameters())
            for name, part in network.named_children()
        },
    }
