"""A program that keeps a run of the fake pricer in the folder named, slowly, until it is killed."""

import sys
from pathlib import Path

from pricer.items.item import Item
from pricer.items.load import Items
from pricer.runs import tester
from pricer.runs.folder import Run
from pricer.runs.settings import settings_of
from tests.support.fakes import FakePricer

ITEMS = Items("a test", tuple(Item(f"Item {n} “é”", "word " * (n % 40 + 1), 10.0 + n) for n in range(100)))


def main() -> None:
    """Run, telling each batch on standard output when it is said to be done."""
    pricer = FakePricer(batch_size=8, seconds=0.25)
    run = Run.create(Path(sys.argv[1]), settings_of(pricer.info, ITEMS), ITEMS)
    for report in run.record(tester.run(pricer, ITEMS.items)):
        print(report.n, flush=True)


if __name__ == "__main__":
    main()
