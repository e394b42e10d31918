"""What was measured, as a table for people and as JSON.

Some figures have a goal that the product set itself; it stands beside them, so that a change that costs speed shows.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pricer.bench.cold_start import ColdStart
from pricer.bench.hardware import MachineInfo
from pricer.bench.serving import Latency, LoadResult
from pricer.bench.speed import GENERATE, ONE_PASS, OURS, Arithmetic, PriceGap, Speed
from pricer.views.text import cents, percent

AT_LEAST = {
    "ours over the course's generate": 5.0,
    "ours over the course's one pass": 3.0,
    "32 callers over one": 4.0,
}
AT_MOST = {
    "largest difference of a price, $": 0.01,
    "engine over bare pass": 1.3,
    "app.py to first page, s": 8.0,
    "app.py to first price, s": 10.0,
    "resident memory of the app, MB": 900.0,
}


@dataclass(frozen=True)
class Summary:
    """One run of the benchmark; what stands as None was not measured. Memory in MB (10⁶ bytes).

    `gap` compares prices with the course's loop in the same dtype, `gap_as_run` with the loop as the libraries run it.
    `lengths` are items per second by the tokens of a description, `paste` the milliseconds of `paste_during_test`.
    """

    model: str
    quantization: str
    compute_dtype: str
    base_megabytes: float
    adapter_megabytes: float
    machine: MachineInfo
    speeds: tuple[Speed, ...]
    gap: PriceGap
    gap_as_run: PriceGap | None
    lengths: dict[int, float]
    arithmetic: Arithmetic
    latency: Latency | None = None
    loads: tuple[LoadResult, ...] = ()
    paste: tuple[float, float] | None = None
    cold_start: ColdStart | None = None

    def rate(self, method: str) -> float:
        """Items per second of a method, at its best batch size."""
        return max(speed.per_second for speed in self.speeds if speed.method == method)

    @property
    def figures(self) -> dict[str, float]:
        """What the goals speak of, as far as it was measured."""
        figures = {
            "ours over the course's generate": self.rate(OURS) / self.rate(GENERATE),
            "ours over the course's one pass": self.rate(OURS) / self.rate(ONE_PASS),
            "largest difference of a price, $": self.gap.largest,
        }
        if self.latency:
            figures["engine over bare pass"] = self.latency.engine / self.latency.bare
        if page := {load.callers: load.per_second for load in self.loads if load.where == "page"}:
            figures["32 callers over one"] = page[max(page)] / page[min(page)]
        if self.cold_start:
            figures["app.py to first page, s"] = self.cold_start.page
            figures["app.py to first price, s"] = self.cold_start.price
            figures["resident memory of the app, MB"] = self.cold_start.resident_megabytes
        return figures

    def as_json(self) -> str:
        """All of it, derived figures included; an infinite figure is null."""
        plain = dataclasses.asdict(self) | {"figures": self.figures, "goals": AT_LEAST | AT_MOST}
        for speed, kept in zip(self.speeds, plain["speeds"], strict=True):
            kept["per_second"] = speed.per_second
        plain["arithmetic"]["share"] = self.arithmetic.share
        return json.dumps(_finite(plain), indent=2, allow_nan=False) + "\n"

    def lines(self) -> Iterator[str]:
        """The tables: the model and its machine, speeds beside the course's, what else was measured, goals."""
        machine = self.machine
        yield f"{self.model}: {self.quantization}, computed in {self.compute_dtype}"
        yield f"base {self.base_megabytes:,.0f} MB, adapter {self.adapter_megabytes:,.0f} MB"
        yield f"{machine.gpu or machine.processor}, {machine.cores} cores, {machine.threads} threads"
        yield f"torch {machine.torch}, Python {machine.python}, load before the run {machine.load:.1f}"
        yield ""
        yield from _table([("method", "batch", "items/s", "x generate", "x one pass", "GPU peak MB"), *self._speeds()])
        yield ""
        yield from _table(list(self._rest()))
        yield ""
        yield from _table([("figure", "measured", "goal", ""), *self._goals()])

    def _speeds(self) -> Iterator[tuple[str, ...]]:
        for speed in self.speeds:
            rate, peak = speed.per_second, speed.gpu_peak_megabytes
            times = [f"{rate / self.rate(method):.2f}" for method in (GENERATE, ONE_PASS)]
            yield speed.method, f"{speed.batch}", f"{rate:.1f}", *times, "" if peak is None else f"{peak:,.0f}"

    def _rest(self) -> Iterator[tuple[str, str]]:
        gap, work = self.gap, self.arithmetic
        apart = f"at most ${gap.largest:.6f} apart, median ${gap.median:.6f}"
        yield f"prices of {gap.items} items in {gap.dtype}", apart
        if gap := self.gap_as_run:
            apart = f"at most {cents(gap.largest)} apart, median {cents(gap.median)}"
            yield "the same, course's loop as it runs here", apart
        for tokens, rate in self.lengths.items():
            yield f"descriptions of {tokens} tokens", f"{rate:.1f} items/s"
        yield f"{work.batch} prompts of {work.tokens} tokens", f"{1000 * work.seconds:.1f} ms"
        yield "", f"{work.operations / 1e9:,.1f} G operations, {work.operations / work.seconds / 1e9:,.0f} G a second"
        yield (
            "a large matrix product",
            f"{work.limit / 1e9:,.0f} G a second: {percent(work.share)} of it reached",
        )
        if seen := self.latency:
            yield "one price", f"bare pass {seen.bare:.1f} ms, engine {seen.engine:.1f} ms"
            yield "one price through the page", f"{seen.page:.1f} ms, 95 % within {seen.page_95:.1f} ms"
        for load in self.loads:
            took = f"median {load.median:.0f} ms, slowest {load.slowest:.0f} ms"
            yield f"{load.callers} callers of the {load.where}", f"{load.per_second:.1f} items/s, {took}"
        if self.paste:
            batch, paste = self.paste
            yield "a price during a Tester run", f"at most {paste:.0f} ms; the longest batch took {batch:.0f} ms"

    def _goals(self) -> Iterator[tuple[str, ...]]:
        for name, figure in self.figures.items():
            below = name in AT_MOST
            goal = AT_MOST[name] if below else AT_LEAST[name]
            met = figure <= goal if below else figure >= goal
            yield name, f"{figure:.4g}", f"{'at most' if below else 'at least'} {goal:g}", "met" if met else "MISSED"


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Rows in columns: the first to the left; the others to the right where there are more than two."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        for cell, width in zip(row[1:], widths[1:], strict=True):
            cells.append(cell if len(row) == 2 else cell.rjust(width))
        yield "  ".join(cells).rstrip()


def _finite(value: Any) -> Any:
    """Plain values as JSON knows them: no infinities."""
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and math.isinf(value) else value
