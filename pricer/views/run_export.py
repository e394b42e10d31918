"""Export: a report as JSON or CSV text for other programs.

Knows nothing of where the text goes.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import Settings

# What a spreadsheet may take for the beginning of a formula; some take the wide forms of East Asia as well.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_json(report: Report, settings: Settings) -> str:
    """Settings, figures, and every result with its item's text, so that the file can be tested again."""
    results = [{**result.as_dict(), "text": result.item.text} for result in report.results]
    values = {"settings": settings.as_dict(), **report.as_dict(), "results": results}
    return json.dumps(values, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def to_csv(report: Report, settings: Settings) -> str:
    """A row for each item, under a header; the run it belongs to in its first columns, so that files can be joined."""
    written = io.StringIO()
    rows = [_row(result, report, settings) for result in report.results]
    names = list(rows[0]) if rows else ["index"]
    writer = csv.DictWriter(written, names)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _row(result: Result, report: Report, settings: Settings) -> dict[str, Any]:
    plain = {key: value for key, value in result.as_dict().items() if key != "estimates"}
    decoded = {method: result.estimates.get(method) for method in report.methods}
    cells = {"model": settings.identity.name, "started": settings.started, **plain, **decoded, "text": result.item.text}
    return {key: harmless(value) for key, value in cells.items()}


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made text again by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
