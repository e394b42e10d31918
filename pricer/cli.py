"""The command line: price a description, run the Tester, compare runs, look at models.

Reads arguments and writes text or JSON; every mistake of a user ends in one sentence on standard error and exit code 2.
Imports the engine only in the commands that need a model, so that help and the table of models answer at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from pricer import export, runs, terminal, tester
from pricer.comparison import compare
from pricer.errors import PricerError
from pricer.estimate import MAX_K, TOP_K
from pricer.items import load_items
from pricer.models import ROWS
from pricer.report_html import to_html

OK, BAD_INPUT, INTERRUPTED = 0, 2, 130

Arguments = argparse.Namespace
OpenPricer = Callable[[str | None], Any]


class UsageError(PricerError):
    """Arguments that do not go together, or that say nothing."""


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
    except BrokenPipeError:
        # Whoever read the output has seen enough; at exit Python must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except SystemExit as done:  # --help
        return int(done.code or OK)
    return code


def price(options: Arguments, open_pricer: OpenPricer) -> int:
    """Price one description."""
    text = sys.stdin.buffer.read().decode("utf-8", errors="replace") if options.text == "-" else options.text
    estimate = _opened(open_pricer, options.model).estimate_all([text], k=options.top_k)[0]
    if options.json:
        _print_json(estimate.as_dict())
    else:
        _print(terminal.estimate_lines(estimate))
    return OK


def test(options: Arguments, open_pricer: OpenPricer) -> int:
    """Run the Tester, or go on with a run that was interrupted."""
    settings, reports = (_resumed if options.resume else _begun)(options, open_pricer)
    with closing(reports):
        report = _watch(reports, options)
    _show(report, settings, options)
    if report.n < report.size:
        folder = options.resume or options.out
        _tell(f"Stopped after {report.n} of {report.size} items.{f' Go on with --resume {folder}.' if folder else ''}")
        return INTERRUPTED
    return OK


def report(options: Arguments, _: OpenPricer) -> int:
    """Show a run that was kept, finished or not."""
    run = runs.read(options.run)
    if options.json != "-":
        done = f"{run.report.n} of {run.report.size} items"
        _print([f"{run.settings.title}, {run.settings.started}: {run.state}, {done}"])
    _show(run.report, run.settings, options)
    return OK


def compare_runs(options: Arguments, _: OpenPricer) -> int:
    """Compare two runs that were kept, item by item."""
    first, second = runs.read(options.first), runs.read(options.second)
    comparison = compare(first.report, second.report)
    if options.json:
        _print_json({"first": asdict(first.settings), "second": asdict(second.settings), **comparison.as_dict()})
    else:
        _print([f"first: {first.settings.title}", f"second: {second.settings.title}"])
        _print(terminal.comparison_lines(comparison))
    return OK


def info(options: Arguments, open_pricer: OpenPricer) -> int:
    """Show what is loaded and why."""
    loaded = open_pricer(options.model).info
    if options.json:
        _print_json(asdict(loaded) | {"megabytes": loaded.megabytes})
    else:
        _print(terminal.info_lines(loaded))
    return OK


def models(options: Arguments, _: OpenPricer) -> int:
    """Show the models to choose from."""
    if options.json:
        _print_json([asdict(row) for row in ROWS.values()])
    else:
        _print(terminal.model_lines())
    return OK


def bench(options: Arguments, _: OpenPricer) -> int:
    """Measure the page under load, in a real browser."""
    from pricer import bench_page  # what only developers have is needed here alone

    return bench_page.main(options.rest)


def _begun(options: Arguments, open_pricer: OpenPricer) -> tuple[runs.Settings, Iterator[tester.Report]]:
    """A new run, kept in a folder if one is named."""
    # Items that need no model's row are read first: a mistake in their name shows before minutes of loading.
    choice = {"text_column": options.text_column, "price_column": options.price_column}
    items = load_items(options.items, options.limit, options.seed, **choice) if options.items else None
    pricer = _opened(open_pricer, options.model)
    items = items or load_items(pricer.info.row.items, options.limit, options.seed, **choice)
    if items.note:
        _tell(items.note)
    how = {"generate": options.generate, "adapter": not options.no_adapter}
    settings = runs.settings_of(pricer.info, items, options.method, **how)
    reports = tester.run(pricer, items.items, options.method, **how)
    return settings, runs.keep(runs.create(options.out, settings, items), reports) if options.out else reports


def _resumed(options: Arguments, open_pricer: OpenPricer) -> tuple[runs.Settings, Iterator[tester.Report]]:
    """The rest of a run, as it was begun."""
    if options.items or options.out:
        raise UsageError("--resume goes on with a run as it was begun: leave out --items and --out.")
    run = runs.read(options.resume)
    how = run.settings
    pricer = _opened(open_pricer, options.model or (how.model if how.model in ROWS else None))
    runs.check_same_model(run, pricer.info)
    rest = tester.run(pricer, run.items, how.method, generate=how.generate, adapter=how.adapter, done=run.report)
    return how, runs.keep(run, rest)


def _watch(reports: Iterator[tester.Report], options: Arguments) -> tester.Report:
    """The last report; a line for each item and a progress bar on the way. Ctrl-C keeps what is done."""
    from tqdm import tqdm

    report = next(reports)
    colours = _colours(options)
    bar = tqdm(total=report.size, initial=report.n, unit="item", disable=not sys.stderr.isatty(), leave=False)
    with bar:
        try:
            for grown in reports:
                added, report = grown.results[report.n :], grown
                if not options.quiet and options.json != "-":
                    for result in added:
                        with tqdm.external_write_mode(file=sys.stdout):
                            print(terminal.result_line(result, colours), flush=True)
                bar.update(len(added))
                bar.set_postfix_str(f"average error {terminal.with_error(report.mae, report.mae_stderr)}")
        except KeyboardInterrupt:
            pass  # a way to end a run, not a failure: the report of what is done follows
    return report


def _show(report: tester.Report, settings: runs.Settings, options: Arguments) -> None:
    """The report as text, and in each form that was asked for."""
    if options.json == "-":
        sys.stdout.write(export.to_json(report, settings))
    else:
        _print(terminal.report_lines(report))
    forms = {"json": export.to_json, "csv": export.to_csv, "html": to_html}
    for form, convert in forms.items():
        path = getattr(options, form)
        if path and path != "-":
            _write(Path(path), convert(report, settings))


def _colours(options: Arguments) -> bool:
    """Whether lines are coloured: as asked, else where there is a terminal that does not decline."""
    if options.color != "auto":
        return options.color == "always"
    return options.verbose or (sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def _open_pricer(name: str | None) -> Any:
    from pricer.engine import open_pricer  # seconds that help and the table of models need not wait for

    return open_pricer(name)


def _opened(open_pricer: OpenPricer, name: str | None) -> Any:
    """A pricer; if it is not the one that was meant, its banner is told."""
    pricer = open_pricer(name)
    if pricer.info.banner:
        _tell(pricer.info.banner)
    return pricer


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def _tell(sentence: str) -> None:
    print(terminal.printable(sentence), file=sys.stderr)


def _fail(sentence: str, code: int) -> int:
    _tell(sentence)
    return code


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}): choose another file.") from error


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
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, command: Callable[[Arguments, OpenPricer], int]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[shared], help=command.__doc__, description=command.__doc__)
        made.set_defaults(command=command)
        return made

    one = add("price", price)
    one.add_argument("text", metavar="TEXT", help="the description of a product; - reads standard input")
    one.add_argument("--top-k", type=_between(1, MAX_K), default=TOP_K, metavar="K", help="candidates (default 3)")
    one.add_argument("--json", action="store_true", help="write JSON")

    many = add("test", test)
    many.add_argument("--items", metavar="SOURCE", help="bundled, a CSV, JSONL or Parquet file, or hub:owner/name[@revision][:split]; default: the model's own")  # fmt: skip  # noqa: E501
    many.add_argument("--limit", type=_between(1, 10_000_000), default=tester.DEFAULT_SIZE, metavar="N", help="how many items (default 250)")  # fmt: skip  # noqa: E501
    many.add_argument("--seed", type=int, metavar="S", help="take a random sample instead of the first items")
    many.add_argument("--text-column", metavar="NAME", help="the column that holds the text")
    many.add_argument("--price-column", metavar="NAME", help="the column that holds the price")
    many.add_argument("--method", choices=tester.METHODS, default="top3", help="how a price is read (default: top3)")
    many.add_argument("--generate", action="store_true", help="ask the course's first method too: extra passes")
    many.add_argument("--no-adapter", action="store_true", help="switch the adapter off: the base model alone")
    many.add_argument("--out", type=Path, metavar="DIR", help="keep the run in this new folder")
    many.add_argument("--resume", type=Path, metavar="DIR", help="go on with the run in this folder")
    many.add_argument("--quiet", action="store_true", help="no line for each item")
    many.add_argument("--verbose", action="store_true", help="coloured lines also where there is no terminal")
    many.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    _add_exports(many)

    kept = add("report", report)
    kept.add_argument("run", type=Path, metavar="DIR", help="the folder of a run")
    _add_exports(kept)

    two = add("compare", compare_runs)
    two.add_argument("first", type=Path, metavar="DIR")
    two.add_argument("second", type=Path, metavar="DIR")
    two.add_argument("--json", action="store_true", help="write JSON")

    for name, command in (("info", info), ("models", models)):
        add(name, command).add_argument("--json", action="store_true", help="write JSON")

    measured = add("bench", bench)
    measured.add_argument("what", choices=("page",))
    measured.add_argument("rest", nargs=argparse.REMAINDER, help="see `bench page --help`")
    return parser


def _add_exports(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=_file, metavar="FILE", help="write the report as JSON; - writes it here")
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
    if text != "-" and (path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK)):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written: name a file in a folder that exists")
    return text
