"""The benchmark: the product against the course's loop, on the same model, items and machine, in the same run."""

from pricer.bench.command import main

__all__ = ["main"]
