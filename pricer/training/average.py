"""Step "average": the mean of adapters that one run left on its way, which errs a little less than the last of them.

They must be of one run, or of a run and the adapter that it began with (model soups, arXiv 2203.05482): matrices of
runs that began apart do not lie near each other. An adapter that is named twice counts twice.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from pricer.training import sources

_CONFIG, _WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


def average(folders: Sequence[Path], saved: Path) -> None:
    """Write the mean of the adapters in `folders` to `saved`, in half precision, with the last one's configuration.

    Raises ValueError if they have not the same weights by name and shape.
    """
    adapters = [load_file(folder / _WEIGHTS) for folder in folders]
    shapes = [{name: weight.shape for name, weight in adapter.items()} for adapter in adapters]
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("The adapters to average are not alike: give checkpoints of one run.")
    mean = {name: torch.stack([adapter[name].float() for adapter in adapters]).mean(0).half() for name in adapters[0]}
    saved.mkdir(parents=True, exist_ok=True)
    save_file(mean, saved / _WEIGHTS, metadata={"format": "pt"})
    shutil.copy(folders[-1] / _CONFIG, saved / _CONFIG)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this step."""
    parser.add_argument(
        "adapters",
        nargs="+",
        type=Path,
        metavar="FOLDER",
        help="adapters of one run and the one that it began with, oldest first",
    )
    sources.add_out(parser)


def run(options: argparse.Namespace) -> None:
    """Write the average of the adapters to OUT/adapter."""
    if len(options.adapters) < 2:
        raise SystemExit("There is nothing to average: name two or more folders of adapters.")
    average(options.adapters, options.out / "adapter")
