"""The tests: one folder for each folder of the package, helpers in `support`, what cuts across in `trust`."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
