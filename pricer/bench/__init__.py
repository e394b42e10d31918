"""The benchmark: the product against the course's loop, on the same model, items and machine, in the same run."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m pricer bench`; exit code 0, or 2 with a sentence if the model cannot be had."""
    from pricer.bench.command import main  # cold starts are measured beside it: this package must import nothing early

    return main(argv)
