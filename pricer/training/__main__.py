"""`python -m pricer.training STEP`: from raw weights and item files to the folder that the product loads.

A step is a module of this folder with `add_arguments` and `run`. Only the one that was asked for is imported, so that
help appears at once; `bundled.sh` beside this file runs the steps that made the bundled model.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

STEPS = {
    "tokenizer": "trim a pretrained vocabulary and add the numbers that it lacks",
    "base": "teach a base model to continue product texts, then quantize it to 4 bits",
    "teacher": "label every item and text with the price that small networks expect",
    "adapter": "fine-tune a LoRA adapter to write prices, on the base made here or on one of the Hub",
    "average": "average the adapters that one run saved",
    "sharpen": "let the likeliest tokens of an adapter say what all of them say",
    "calibrate": "find the quantiles between which 80 % of held-out prices lie",
    "measure": "compare a model with simple methods on held-out items",
    "directions": "test whether the better of two descriptions gets the higher price",
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run one step."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    parser, steps = _parsers(arguments[:1])
    options = parser.parse_args(arguments)
    steps[options.step].run(options)


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """Help that shows a default where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default not in (None, [], False) else action.help


def _parsers(asked: Sequence[str]) -> tuple[argparse.ArgumentParser, dict[str, Any]]:
    """The parser, with the options of the steps that were `asked` for alone, and the modules of those steps."""
    parser = argparse.ArgumentParser(prog="python -m pricer.training", description="Train a model step by step.")
    commands = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    modules = {}
    for name, summary in STEPS.items():
        command = commands.add_parser(
            name,
            help=summary.replace("%", "%%"),
            description=f"{summary[0].upper()}{summary[1:]}.".replace("%", "%%"),
            formatter_class=_Help,
        )
        if name in asked:
            modules[name] = import_module(f"pricer.training.{name}")
            modules[name].add_arguments(command)
    return parser, modules


if __name__ == "__main__":
    main()
