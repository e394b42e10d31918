"""The page under load: what a long run of the Tester costs a visitor's connection, browser and patience.

Serves the page over a pricer that answers from a table and drives it with a real Chromium. Says nothing about how good
a model is, and of its speed only what `--model` measures to set the table's pace.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m pricer bench page`; exit code 0 if the goals are met, 1 if not, 2 if nothing can be measured."""
    from pricer.bench.page.command import main  # what it needs is needed by nothing else

    return main(argv)
