"""What was measured of one run, as a line for people, and whether the goals hold. Measures nothing itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GOALS = {"bytes_per_item": 400, "click_ms": 200, "memory_mb": 50, "showing": 0.1}


@dataclass(frozen=True)
class Measured:
    """One run: bytes over the wire for chart and table together, clicks in milliseconds, memory in MB (10⁶ bytes).

    A click is None where the browser answered within 16 ms, too fast to be told; `idle_click_ms` is the slowest of a
    few clicks after the run, what the machine itself needs. `pricing_seconds` is from the first batch to the last,
    `showing_seconds` the processor time that the page took of the server from the press of the button until all is
    drawn, the reading of the file and the findings at the end among it.
    """

    n: int
    seconds: float
    pricing_seconds: float
    showing_seconds: float
    bytes_per_item: float
    updates: int
    click_median_ms: float | None
    click_ms: float | None
    clicks: int
    idle_click_ms: float | None
    memory_mb: float
    longest_draw_ms: float
    dots: str

    @property
    def showing(self) -> float:
        """What showing costs, as a share of the time that pricing takes."""
        return self.showing_seconds / self.pricing_seconds

    @property
    def fastest(self) -> float:
        """Items a second up to which showing keeps to its goal, by what it took here: rather too few than too many."""
        return GOALS["showing"] * self.n / self.showing_seconds if self.showing_seconds else math.inf

    @property
    def line(self) -> str:
        """All of it in a line."""
        click = (
            "none over 16 ms"
            if self.click_ms is None
            else f"{self.click_median_ms:.0f} ms, at most {self.click_ms:.0f} ms"
        )
        return (
            f"{self.n:>7,} items in {self.seconds:.1f} s: {self.bytes_per_item:.0f} bytes an item in {self.updates:,} "
            f"pieces; {self.clicks} clicks, {click} (after it {self.idle_click_ms or 16:.0f} ms); "
            f"memory +{self.memory_mb:.0f} MB; showing {self.showing_seconds:.2f} s of the processor, "
            f"{100 * self.showing:.1f} % of the {self.pricing_seconds:.1f} s of pricing "
            f"(under a tenth up to {self.fastest:.0f} items a second); "
            f"longest redraw {self.longest_draw_ms:.0f} ms ({self.dots})"
        )


def worst(measured: Sequence[Measured]) -> dict[str, float]:
    """The worst figure of all runs for each goal."""
    return {name: max(getattr(run, name) or 0.0 for run in measured) for name in GOALS}


def met(measured: Sequence[Measured]) -> bool:
    """Whether every run meets every goal."""
    return all(figure < GOALS[name] for name, figure in worst(measured).items())


def goal_lines(measured: Sequence[Measured]) -> Iterator[str]:
    """A line for each goal."""
    for name, figure in worst(measured).items():
        verdict = "met" if figure < GOALS[name] else "NOT MET"
        yield f"{name}: {figure:.3g}, goal under {GOALS[name]}: {verdict}"
