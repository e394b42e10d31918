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
from typing import Any, NoReturn

from pricer.cli import commands
from pricer.cli.commands import BAD_INPUT, INTERRUPTED, OK, Arguments, OpenPricer
from pricer.errors import PricerError, UsageError
from pricer.pricing.estimate import MAX_K, TOP_K
from pricer.runs.report import METHODS


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


def _open_pricer(name: str | None) -> Any:
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
        "--model", default=argparse.SUPPRESS, help="one of `models`; without it, what suits this machine"
    )
    parser = _Parser(prog="python -m pricer", description="What does it cost? A language model's answer.")
    parser.add_argument("--model", help=argparse.SUPPRESS)
    kinds = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, command: Callable[[Arguments, OpenPricer], int]) -> argparse.ArgumentParser:
        made = kinds.add_parser(name, parents=[shared], help=command.__doc__, description=command.__doc__)
        made.set_defaults(command=command)
        return made

    one = add("price", commands.price)
    one.add_argument("text", metavar="TEXT", help="the description of a product; - reads standard input")
    one.add_argument("--top-k", type=_between(1, MAX_K), default=TOP_K, metavar="K", help="candidates (default 3)")
    one.add_argument("--json", action="store_true", help="write JSON")

    many = add("test", commands.test)
    sources = "bundled, a CSV, JSON, Excel or Parquet file, or hub:owner/name[@revision][:split] (default: the model's)"
    many.add_argument("--items", metavar="SOURCE", help=sources)
    many.add_argument("--limit", type=_between(1, 10_000_000), metavar="N", help="how many items (default 250)")
    many.add_argument("--seed", type=int, metavar="S", help="take a random sample instead of the first items")
    many.add_argument("--text-column", metavar="NAME", help="the column that holds the text")
    many.add_argument("--price-column", metavar="NAME", help="the column that holds the price")
    many.add_argument("--encoding", metavar="NAME", help="how a text file is encoded (default: found out)")
    many.add_argument("--method", choices=METHODS, help="how a price is read (default: top3)")
    many.add_argument("--generate", action="store_true", help="ask the course's first method too: extra passes")
    many.add_argument("--no-adapter", action="store_true", help="switch the adapter off: the base model alone")
    many.add_argument("--out", type=Path, metavar="DIR", help="keep the run in this new folder")
    many.add_argument("--resume", type=Path, metavar="DIR", help="go on with the run in this folder")
    many.add_argument("--quiet", action="store_true", help="no line for each item")
    many.add_argument("--verbose", action="store_true", help="coloured lines also where there is no terminal")
    many.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    _add_exports(many)

    kept = add("report", commands.report)
    kept.add_argument("run", type=Path, metavar="DIR", help="the folder of a run")
    _add_exports(kept)

    two = add("compare", commands.compare_runs)
    two.add_argument("first", type=Path, metavar="DIR")
    two.add_argument("second", type=Path, metavar="DIR")
    two.add_argument("--json", action="store_true", help="write JSON")

    for name, command in (("info", commands.info), ("models", commands.models)):
        add(name, command).add_argument("--json", action="store_true", help="write JSON")

    # No character begins an option here, so that everything after the name is the benchmark's own to read.
    measured = kinds.add_parser("bench", add_help=False, prefix_chars="\0", help=commands.bench.__doc__)
    measured.set_defaults(command=commands.bench)
    measured.add_argument("rest", nargs="*")
    return parser


def _add_exports(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=_file_or_dash, metavar="FILE", help="write the report as JSON; - writes it here")
    parser.add_argument("--csv", type=_file, metavar="FILE", help="write the items as CSV")
    parser.add_argument("--html", type=_file, metavar="FILE", help="write the report as one HTML page")


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
