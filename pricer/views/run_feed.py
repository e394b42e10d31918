"""A run of the Tester as plain data for a page: lines of the live feed, status, table rows.

The feed is a text that only grows, by whole lines of JSON: an object says what is true of the run now, a list is one
item. So an update costs what it adds, however long the run. Knows nothing of Gradio, of models or of how it is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pricer.model.registry import reported_on
from pricer.pricing.cleaning import encodable
from pricer.runs.folder import FINISHED
from pricer.runs.metrics import MARGINS
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import Settings
from pricer.views.style import VERDICTS
from pricer.views.text import PREDICTOR_NAMES, number, percent, with_error
from pricer.words import counted

TITLE_LENGTH = 80  # what the feed carries of a title; the table cuts at the course's 40


def marks() -> list[dict[str, Any]]:
    """The verdicts as the page shows them: key, sign, meaning, and the dollars and share of the truth within."""
    return [
        {"key": key, "sign": verdict.sign, "meaning": verdict.meaning, "margin": MARGINS.get(key)}
        for key, verdict in VERDICTS.items()
    ]


def legend() -> str:
    """What the colors mean, which the shaded bands show as well."""
    meanings = " ".join(f"{verdict.sign} {key.capitalize()}: {verdict.meaning}." for key, verdict in VERDICTS.items())
    return f"{meanings} Dots on the line are exact."


def opening(settings: Settings, size: int, *, run: str, name: str, slug: str) -> str:
    """The feed's first line: the run's id, its name for people and for files, what it is, how it is read, how large.

    `references` are what the course reports on these items, each as who and dollars of average error.
    """
    return line(
        {
            "run": run,
            "size": size,
            "name": name,
            "slug": slug,
            "title": encodable(settings.title),
            "reading": PREDICTOR_NAMES[settings.method],
            "references": [(figure.who, figure.mae) for figure in reported_on(settings.source)],
        }
    )


def rows(results: Iterable[Result]) -> str:
    """A line for each result: title, truth, estimate, error, SLE, color; null where the model named no price."""
    return "".join(line(_row(result)) for result in results)


def status(report: Report, state: str, sentence: str) -> str:
    """The feed's line on where the run stands; `state` is one of RUNNING, FINISHED, STOPPED, FAILED."""
    return line({"state": state, "sentence": sentence, "figures": figures(report)})


def figures(report: Report) -> list[tuple[str, str]]:
    """The status line as pairs of name and text; averages appear once there is something to average."""
    shown = [("Progress", f"{report.n:,} / {report.size:,}")]
    if report.mae is not None:
        shown += [
            ("Average error", with_error(report.mae, report.mae_stderr)),
            ("RMSLE", number(report.rmsle)),
            ("Green", percent(report.hits)),
        ]
    if report.without_price:
        shown.append(("No price", f"{report.n - len(report.priced):,}"))
    if report.items_per_second:
        shown.append(("Items per second", f"{report.items_per_second:,.1f}"))
    return shown


def closing_sentence(report: Report, state: str) -> str:
    """How a run ended, in a sentence."""
    if state == FINISHED:
        method = PREDICTOR_NAMES[report.method].lower()
        return f"{counted(report.n, 'item')} in {report.seconds:,.1f} s, using the {method} price."
    return f"Stopped after {report.n:,} of {counted(report.size, 'item')}. Results so far are kept."


def sendable(title: str) -> str:
    """A title as it travels: cut, and without half surrogate pairs, which JSON may hold and UTF-8 may not."""
    return title[:TITLE_LENGTH].encode("utf-8", "replace").decode("utf-8")


def _row(result: Result) -> list[Any]:
    title = sendable(result.item.title)
    if result.estimate is None:
        return [title, round(result.truth, 2), None, None, None, None]
    return [
        title,
        round(result.truth, 2),
        round(result.estimate, 2),
        round(result.error, 2),
        round(result.squared_log_error, 3),
        result.color,
    ]


def line(value: Any) -> str:
    """A line of a feed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
