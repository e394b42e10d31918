"""The command line: arguments in, exit code out.

Every mistake of a user ends in one sentence on standard error and exit code 2. Nothing here or in the commands imports
the engine before a model is needed, so that help and the table of models answer at once.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from pricer import __version__
from pricer.bench import add_arguments as add_bench_arguments
from pricer.cli import catalogue, commands
from pricer.cli.commands import BAD_INPUT, INTERRUPTED, OK, Arguments, OpenPricer
from pricer.errors import PricerError, UsageError
from pricer.items.files import FORMS
from pricer.pricing.estimate import MAX_K, TOP_K
from pricer.pricing.estimator import Estimator
from pricer.runs.report import METHODS
from pricer.runs.tester import DEFAULT_SIZE


def main(argv: Sequence[str] | None = None, open_pricer: OpenPricer | None = None) -> int:
    """Run one command and return its exit code; `open_pricer` takes a model's name, None for this machine's choice."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a title may hold what the terminal's encoding does not
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(argv)
        code = options.command(options, open_pricer or _open_pricer)
        sys.stdout.flush()
    except PricerError as error:
        return _fail(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        return _fail("Stopped.", INTERRUPTED)
    except BrokenPipeError:  # whoever read the output has seen enough
        _give_up_output()
        return OK
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _give_up_output()
        return _fail("The disk is full: the output could not be written.", BAD_INPUT)
    except SystemExit as done:  # --help
        return int(done.code or OK)
    return code


def _open_pricer(name: str | None) -> Estimator:
    from pricer.model.engine import open_pricer  # seconds that help and the table of models need not wait for

    return open_pricer(name)


def _fail(sentence: str, code: int) -> int:
    commands.tell(sentence)
    return code


def _give_up_output() -> None:
    """At exit Python must not try again to write what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes are sentences like all others."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` shows what can be asked.")


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    # Suppressed, so that a command that is not given the option leaves what was given before it.
    shared.add_argument(
        "--model",
        default=argparse.SUPPRESS,
        metavar="NAME",
        help="which model answers; `models` lists the names (default: the best one that this machine can run)",
    )
    parser = _Parser(
        prog="python -m pricer",
        description="Ask a language model what a product costs, and measure how close it comes.",
    )
    parser.add_argument("--model", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"pricer {__version__}")
    kinds = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, command: Callable[[Arguments, OpenPricer], int]) -> argparse.ArgumentParser:
        made = kinds.add_parser(name, parents=[shared], help=command.__doc__, description=command.__doc__)
        made.set_defaults(command=command)
        return made

    one = add("price", commands.price_text)
    one.add_argument("text", metavar="TEXT", help="the product description, in quotes; - reads it from standard input")
    one.add_argument(
        "--top-k",
        type=_between(1, MAX_K),
        default=TOP_K,
        metavar="K",
        help="average the price over the K most likely tokens (default: %(default)s)",
    )
    one.add_argument("--json", action="store_true", help="print JSON instead of text")

    many = add("test", commands.run_test)
    sources = (
        f"products with known prices: `bundled`, a {FORMS} file, or a Hub data set as "
        "hub:owner/name[@revision][:split] (default: the items that belong to the model)"
    )
    many.add_argument("--items", metavar="SOURCE", help=sources)
    many.add_argument(
        "--limit", type=_between(1, 10_000_000), metavar="N", help=f"test at most N items (default: {DEFAULT_SIZE})"
    )
    many.add_argument(
        "--seed", type=int, metavar="S", help="draw a random sample with this seed instead of taking the first N"
    )
    many.add_argument(
        "--text-column", metavar="NAME", help="column with the descriptions, if it is not found by itself"
    )
    many.add_argument("--price-column", metavar="NAME", help="column with the prices, if it is not found by itself")
    many.add_argument("--encoding", metavar="NAME", help="how a text file is encoded, if it is not found by itself")
    many.add_argument(
        "--method",
        choices=METHODS,
        help="how the price is read from the model's answer: top3 (default) averages the three most likely tokens, "
        "greedy takes the most likely price, mean and median are over all prices, generate lets the model write it",
    )
    many.add_argument(
        "--generate", action="store_true", help="also let the model write the price out, for comparison (slower)"
    )
    many.add_argument("--no-adapter", action="store_true", help="test the base model without its fine-tuning")
    many.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="save the run in this new folder, so that it can be resumed and compared",
    )
    many.add_argument("--resume", type=Path, metavar="DIR", help="finish the saved run in this folder")
    many.add_argument("--quiet", action="store_true", help="print the summary only, not a line for every item")
    many.add_argument("--verbose", action="store_true", help="color the lines even when the output is not a terminal")
    many.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="color the lines (default: %(default)s)"
    )
    _add_exports(many)

    catalogue.add_arguments(add("catalogue", catalogue.price_catalogue))

    kept = add("report", commands.show_report)
    kept.add_argument("run", type=Path, metavar="DIR", help="the folder of a saved run")
    _add_exports(kept)

    two = add("compare", commands.compare_runs)
    two.add_argument("first", type=Path, metavar="FIRST", help="the folder of a saved run")
    two.add_argument("second", type=Path, metavar="SECOND", help="the folder of another over the same items")
    two.add_argument("--json", action="store_true", help="print JSON instead of text")

    for name, command in (("info", commands.show_info), ("models", commands.show_models)):
        add(name, command).add_argument("--json", action="store_true", help="print JSON instead of text")

    add("serve", commands.serve)
    add_bench_arguments(add("bench", commands.bench))
    return parser


def _add_exports(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", type=_file_or_dash, metavar="FILE", help="save the report as JSON; - prints it instead of the text"
    )
    parser.add_argument("--csv", type=_file, metavar="FILE", help="save a row for every item as CSV")
    parser.add_argument("--html", type=_file, metavar="FILE", help="save the report as a web page that opens anywhere")


def _between(low: int, high: int) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high:,}")
        return int(text)

    return whole_number


def _file(text: str) -> str:
    """A file that can be written when the run is over: an hour later is too late to find out."""
    path = Path(text)
    if text == "-" or path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written: name a file in a folder that exists")
    return text


def _file_or_dash(text: str) -> str:
    return text if text == "-" else _file(text)
