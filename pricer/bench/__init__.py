"""The benchmark: what the product costs in time and memory, on this machine and in one run.

Why it exists: the engine answers by one batched forward pass where the course's loop writes tokens for one prompt at a
time. What that is worth depends on the machine, so whoever claims or changes a speed measures both, by turns.

    python -m pricer bench                # engine, page and cold start of the model that this machine serves
    python -m pricer bench --random-8b    # Llama 3.1 8B with random weights on a GPU, without the Hub
    python -m pricer bench page           # a long run of the Tester in a real browser

The first two print tables, speeds at each batch size beside the course's two methods above all, and write everything
as JSON where --json names a file; the last prints a line for each run and its goals. Figures of different machines, or
of a machine that does something else as well, say little beside each other.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `bench` and `bench page`; `options.measure(options)` then measures and gives the exit code."""
    weights = parser.add_mutually_exclusive_group()
    for name, row in (("8b", "llama-3.1-8b"), ("3b", "llama-3.2-3b")):
        what = f"measure the shape of {row} with random weights: needs a GPU, not the Hub"
        weights.add_argument(f"--random-{name}", dest="random", action="store_const", const=row, help=what)
    parser.add_argument("--quick", action="store_true", help="under three minutes on two cores, and rougher")
    parser.add_argument("--engine-only", action="store_true", help="measure neither the page nor a cold start")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON")
    parser.set_defaults(measure=_measure)
    page = parser.add_subparsers(metavar="[page]").add_parser(
        "page", help=_measure_page.__doc__, description=_measure_page.__doc__
    )
    sizes = [250, 1_000, 10_000]
    page.add_argument("--sizes", type=_positive(int), nargs="+", default=sizes, metavar="N", help="items of each run")
    page.add_argument("--speed", type=_positive(float), metavar="S", help="items per second (default: the model's)")
    page.add_argument(
        "--json", type=Path, default=argparse.SUPPRESS, metavar="FILE", help="write the figures to this file"
    )
    page.add_argument("--model", default=argparse.SUPPRESS, help="whose pace it is (default: bundled)")
    page.set_defaults(measure=_measure_page)


def _measure(options: argparse.Namespace) -> int:
    """Measure the engine, the page asked by programs, and a cold start."""
    from pricer.bench import command  # what a benchmark needs is needed by nothing else

    return command.run(options)


def _measure_page(options: argparse.Namespace) -> int:
    """Measure the page in a real browser while the Tester runs."""
    from pricer.bench.page import command

    return command.run(options)


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def number(text: str) -> float:
        if not 0 < (value := kind(text)) < float("inf"):
            raise ValueError
        return value

    number.__name__ = "positive number"  # argparse says "invalid positive number value"
    return number
