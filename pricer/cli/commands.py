"""The commands: price a description, run the Tester, look at kept runs and at models.

Each takes parsed arguments and a way to open a pricer, prints text or JSON, and returns the exit code; what a user must
mend is raised as a PricerError. The engine is opened only where a model is needed.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace as Arguments
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pricer.cli import terminal
from pricer.errors import UsageError
from pricer.items.load import load_items
from pricer.model.registry import ROWS
from pricer.pricing.estimator import Estimator
from pricer.runs import tester
from pricer.runs.comparison import compare
from pricer.runs.folder import Run
from pricer.runs.report import GUESS, METHODS, Report
from pricer.runs.settings import Settings, settings_of
from pricer.views import run_export as export
from pricer.views.run_html import to_html
from pricer.views.text import printable, with_error

OK, BAD_INPUT, INTERRUPTED = 0, 2, 130
OpenPricer = Callable[[str | None], Estimator]

# What is settled when a run begins, and cannot be chosen again when it is resumed.
_COLUMNS = ("text_column", "price_column", "encoding")
_BEGINNING = ("items", "limit", "seed", *_COLUMNS, "method", "generate", "no_adapter", "out")


def price_text(options: Arguments, open_pricer: OpenPricer) -> int:
    """Price one description."""
    text = sys.stdin.buffer.read().decode("utf-8", errors="replace") if options.text == "-" else options.text
    estimate = opened(open_pricer, options.model).estimate_all([text], k=options.top_k)[0]
    if options.json:
        _print_json(estimate.as_dict())
    else:
        _print(terminal.estimate_lines(estimate))
    return OK


def run_test(options: Arguments, open_pricer: OpenPricer) -> int:
    """Test the model on products with known prices, or finish a test that was interrupted."""
    settings, reports = (_resumed if options.resume else _begun)(options, open_pricer)
    with closing(reports):
        report = _watch(reports, options)
    if options.json != "-":
        _print([f"{settings.title[:1].upper()}{settings.title[1:]}"])
    _show(report, settings, options)
    if report.n < report.size:
        folder = options.resume or options.out
        tell(f"Stopped after {report.n} of {report.size} items.{f' Go on with --resume {folder}.' if folder else ''}")
        return INTERRUPTED
    return OK


def show_report(options: Arguments, _: OpenPricer) -> int:
    """Show a saved run, finished or not."""
    run = Run.read(options.run)
    if options.json != "-":
        done = f"{run.report.n} of {run.report.size} items"
        _print([f"{run.settings.title}, {run.settings.started}: {run.state}, {done}"])
    _show(run.report, run.settings, options)
    return OK


def compare_runs(options: Arguments, _: OpenPricer) -> int:
    """Compare two saved runs item by item: which is closer, and whether that could be chance."""
    first, second = Run.read(options.first), Run.read(options.second)
    comparison = compare(first.report, second.report, ("Run 1", "Run 2"))
    if options.json:
        _print_json({"first": first.settings.as_dict(), "second": second.settings.as_dict(), **comparison.as_dict()})
    else:
        _print([f"Run 1: {first.settings.title}", f"Run 2: {second.settings.title}"])
        _print(terminal.comparison_lines(comparison))
    return OK


def show_info(options: Arguments, open_pricer: OpenPricer) -> int:
    """Show which model would answer here, and why."""
    loaded = open_pricer(options.model).info
    if options.json:
        _print_json(asdict(loaded) | {"megabytes": loaded.megabytes})
    else:
        _print(terminal.info_lines(loaded))
    return OK


def show_models(options: Arguments, _: OpenPricer) -> int:
    """List the models to choose from."""
    if options.json:
        _print_json([asdict(row) for row in ROWS.values()])
    else:
        _print(terminal.model_lines())
    return OK


def serve(options: Arguments, open_pricer: OpenPricer) -> int:
    """Serve the page on this machine, until it is interrupted."""
    from pricer.ui.serve import serve  # seconds that other commands need not wait for

    serve(lambda: opened(open_pricer, options.model))
    return OK


def bench(options: Arguments, _: OpenPricer) -> int:
    """Measure speed on this machine; or, by `bench page`, the page in a real browser."""
    return options.measure(options)


def _begun(options: Arguments, open_pricer: OpenPricer) -> tuple[Settings, Iterator[Report]]:
    """A new run, kept in a folder if one is named."""
    # Items that need no model's row are read first: a mistake in their name shows before minutes of loading.
    choice = {name: getattr(options, name) for name in _COLUMNS}
    limit, method = options.limit or tester.DEFAULT_SIZE, options.method or METHODS[0]
    items = load_items(options.items, limit, options.seed, **choice) if options.items else None
    pricer = opened(open_pricer, options.model)
    items = items or load_items(pricer.info.row.items, limit, options.seed, **choice)
    if items.note:
        tell(items.note)
    how = {"generate": options.generate, "adapter": not options.no_adapter}
    settings = settings_of(pricer.info, items, method, **how)
    reports = tester.run(pricer, items.items, method, **how)
    return settings, Run.create(options.out, settings, items).record(reports) if options.out else reports


def _resumed(options: Arguments, open_pricer: OpenPricer) -> tuple[Settings, Iterator[Report]]:
    """The rest of a run, as it was begun."""
    if any(getattr(options, name) not in (None, False) for name in _BEGINNING):
        names = ", ".join(f"--{name.replace('_', '-')}" for name in _BEGINNING)
        raise UsageError(f"--resume goes on with a run as it was begun: leave out {names}.")
    run = Run.read(options.resume)
    how = run.settings
    if how.method == GUESS:
        raise UsageError(f"{options.resume} holds a person's guesses, which no model can go on with: play on the page.")
    pricer = opened(open_pricer, options.model or (how.identity.name if how.identity.name in ROWS else None))
    run.check_same_model(pricer.info)
    rest = tester.run(pricer, run.items, how.method, generate=how.generate, adapter=how.adapter, done=run.report)
    return how, run.record(rest)


def _watch(reports: Iterator[Report], options: Arguments) -> Report:
    """The last report; a line for each item and a progress bar on the way. Ctrl-C keeps what is done."""
    from tqdm import tqdm

    report = next(reports)
    colors = _colors(options)
    bar = tqdm(total=report.size, initial=report.n, unit="item", disable=not sys.stderr.isatty(), leave=False)
    with bar:
        try:
            for grown in reports:
                added, report = grown.results[report.n :], grown
                if not options.quiet and options.json != "-":
                    for result in added:
                        with tqdm.external_write_mode(file=sys.stdout):
                            print(terminal.result_line(result, colors), flush=True)
                if not bar.disable:
                    bar.set_postfix_str(f"average error {with_error(report.mae, report.mae_stderr)}")
                    bar.update(len(added))
        except KeyboardInterrupt:
            pass  # a way to end a run, not a failure: the report of what is done follows
    return report


def _show(report: Report, settings: Settings, options: Arguments) -> None:
    """The report as text, and in each form that was asked for."""
    if options.json == "-":
        sys.stdout.write(export.to_json(report, settings))
    else:
        _print(terminal.report_lines(report, settings.source))
    forms = {"json": export.to_json, "csv": export.to_csv, "html": to_html}
    for form, convert in forms.items():
        path = getattr(options, form)
        if path and path != "-":
            _write(Path(path), convert(report, settings))


def _colors(options: Arguments) -> bool:
    """Whether lines are colored: as asked, else where there is a terminal that does not decline."""
    if options.color != "auto":
        return options.color == "always"
    return options.verbose or (sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def opened(open_pricer: OpenPricer, name: str | None) -> Estimator:
    """A pricer; if it is not the one that was meant, its banner is told."""
    pricer = open_pricer(name)
    if pricer.info.banner:
        tell(pricer.info.banner)
    return pricer


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def tell(sentence: str) -> None:
    """Say something beside the output: on standard error."""
    print(printable(sentence), file=sys.stderr)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}): choose another file.") from error
