"""The report: what was measured, as a table for people and as JSON.

A goal stands beside each figure that has one, with "met" or by how much it was missed. Measures nothing itself.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pricer.bench.ceilings import Described
from pricer.bench.cold_start import AppStart, Start
from pricer.bench.roofline import T4, Ceiling, Shape, t4_estimate
from pricer.bench.serving import Crowd, Latency
from pricer.bench.speed import GENERATE, ONE_PASS, Same, Speed

# A factor is a goal from below, all else from above.
GOALS = {
    "ours over the course's generate": 5.0,
    "ours over the course's one pass": 3.0,
    "engine over bare pass": 1.3,
    "app.py to first page, s": 8.0,
    "app.py to first price, s": 10.0,
    "resident memory of the app, MB": 900.0,
    "32 callers over one": 4.0,
    "largest difference of a price, $": 0.01,
}
_FROM_BELOW = {"ours over the course's generate", "ours over the course's one pass", "32 callers over one"}


@dataclass(frozen=True)
class Roofline:
    """A pass over `batch` prompts of `tokens` on average: its least time by the ceilings, and what it took, in seconds."""  # noqa: E501

    tokens: int
    batch: int
    operations: float
    bytes: float
    least: float
    took: float

    @property
    def share(self) -> float:
        return self.least / self.took


@dataclass(frozen=True)
class Report:
    """One run of the benchmark.

    `same` compares prices with the course's loop in the same dtype, `as_run` with the loop as the libraries run it.
    """

    model: str
    quantization: str
    compute_dtype: str
    base_megabytes: float
    adapter_megabytes: float
    machine: Described
    ceiling: Ceiling
    shape: Shape
    speeds: tuple[Speed, ...]
    same: Same | None
    as_run: Same | None
    lengths: dict[int, float]
    sorting: dict[str, float]
    padding: dict[str, float]
    roofline: Roofline
    latency: Latency | None = None
    crowds: tuple[Crowd, ...] = ()
    paste: tuple[float, float] | None = None
    start: Start | None = None
    course_start: Start | None = None
    app: AppStart | None = None

    def rate(self, method: str) -> float:
        """Items per second of a method, at its best batch size."""
        return max(speed.per_second for speed in self.speeds if speed.method == method)

    @property
    def figures(self) -> dict[str, float]:
        """What GOALS speaks of, as far as it was measured."""
        rate = {method: self.rate(method) for method in (GENERATE, ONE_PASS, "ours")}
        figures = {
            "ours over the course's generate": rate["ours"] / rate[GENERATE],
            "ours over the course's one pass": rate["ours"] / rate[ONE_PASS],
        }
        if self.same:
            figures["largest difference of a price, $"] = self.same.largest
        if self.latency:
            figures["engine over bare pass"] = self.latency.engine_ratio
        page = {crowd.callers: crowd.per_second for crowd in self.crowds if crowd.where == "page"}
        if page:
            figures["32 callers over one"] = page[max(page)] / page[min(page)]
        if self.app:
            figures["app.py to first page, s"] = self.app.page
            figures["app.py to first price, s"] = self.app.price
            figures["resident memory of the app, MB"] = self.app.resident_megabytes
        return figures

    def as_json(self) -> str:
        """All of it, derived figures included."""
        plain = dataclasses.asdict(self) | {"figures": self.figures, "goals": GOALS, "t4_estimate": t4_estimate()}
        for speed, kept in zip(self.speeds, plain["speeds"], strict=True):
            kept["per_second"] = speed.per_second
        plain["roofline"]["share"] = self.roofline.share
        plain["roofline"]["T4"] = dataclasses.asdict(T4)
        return json.dumps(_finite(plain), indent=2) + "\n"

    def lines(self) -> Iterator[str]:
        """The table."""
        where = self.machine
        yield f"{self.model}: {self.quantization}, computed in {self.compute_dtype}; {self.base_megabytes:,.0f} MB, adapter {self.adapter_megabytes:,.0f} MB"  # noqa: E501
        yield f"{where.gpu or where.processor}, {where.cores} cores, {where.threads} threads, torch {where.torch}; load before the run {where.load:.1f}"  # noqa: E501
        yield ""
        yield f"{'method':<18} {'batch':>5} {'items/s':>9} {'x generate':>11} {'x one pass':>11} {'GPU peak MB':>12}"
        for speed in self.speeds:
            against = [speed.per_second / self.rate(method) for method in (GENERATE, ONE_PASS)]
            peak = "" if speed.gpu_peak_megabytes is None else f"{speed.gpu_peak_megabytes:,.0f}"
            yield f"{speed.method:<18} {speed.batch:>5} {speed.per_second:>9.1f} {against[0]:>11.2f} {against[1]:>11.2f} {peak:>12}"  # noqa: E501
        yield ""
        if self.same:
            yield f"Same prices: over {self.same.items} items at most ${self.same.largest:.5f} apart, median ${self.same.median:.6f} ({self.same.dtype})"  # noqa: E501
        if self.as_run:
            yield f"The course's loop as its libraries run it on this processor: at most ${self.as_run.largest:.2f} apart, median ${self.as_run.median:.4f}"  # noqa: E501
        yield "Items/s by tokens of the description: " + ", ".join(f"{n}: {v:.1f}" for n, v in self.lengths.items())
        yield (
            "Items/s "
            + ", ".join(f"{n}: {v:.1f}" for n, v in self.sorting.items())
            + "; padding "
            + ", ".join(f"{n}: {v:.1%}" for n, v in self.padding.items())
        )
        roof = self.roofline
        yield f"Ceilings measured: {self.ceiling.operations / 1e9:,.0f} G operations/s, {self.ceiling.bytes / 1e9:,.1f} GB/s"  # noqa: E501
        yield f"Roofline: {roof.batch} prompts of {roof.tokens} tokens need {roof.operations / 1e9:,.1f} G operations and {roof.bytes / 1e6:,.0f} MB of weights: at least {1000 * roof.least:.1f} ms; took {1000 * roof.took:.1f} ms: {roof.share:.0%} reached"  # noqa: E501
        yield "Llama 3.1 8B on a T4 at 180 tokens, an ESTIMATE from counts: " + ", ".join(
            f"{n}: {v:.1f} items/s" for n, v in t4_estimate().items()
        )
        yield from self._serving()
        yield ""
        for name, value in self.figures.items():
            goal, below = GOALS[name], name in _FROM_BELOW
            met = value >= goal if below else value <= goal
            word = "met" if met else f"MISSED by {abs(value - goal) / goal:.0%}"
            yield f"{name}: {value:.4g}, goal {'at least' if below else 'at most'} {goal:g}: {word}"

    def _serving(self) -> Iterator[str]:
        if self.latency:
            seen = self.latency
            yield f"One price: bare pass {seen.bare:.1f} ms, engine {seen.engine:.1f} ms, page {seen.page:.1f} ms (95 %: {seen.page_95:.1f} ms)"  # noqa: E501
        for crowd in self.crowds:
            yield f"{crowd.callers} callers, {crowd.where}: {crowd.per_second:.1f} items/s, median {crowd.median:.0f} ms, slowest {crowd.slowest:.0f} ms"  # noqa: E501
        if self.paste:
            yield f"A paste during a Tester run: at most {self.paste[1]:.0f} ms; the longest batch took {self.paste[0]:.0f} ms"  # noqa: E501
        for name, start in (("ours", self.start), ("course", self.course_start)):
            if start:
                yield f"Cold start, {name}: imports {start.imports:.1f} s, load {start.load:.1f} s, first price {start.first_price:.2f} s; resident {start.resident_megabytes:,.0f} MB, peak {start.peak_megabytes:,.0f} MB"  # noqa: E501
        if self.app:
            yield f"app.py: first page after {self.app.page:.1f} s, first price after {self.app.price:.1f} s; resident {self.app.resident_megabytes:,.0f} MB"  # noqa: E501


def _finite(value: Any) -> Any:
    """Plain values as JSON knows them: no infinities."""
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value
