"""A program that serves the page over the fake pricer until its input ends, and says where it is.

For what a process reads once from its environment, such as the address of the Hub.
"""

import sys

from tests.support.browser import served
from tests.support.fakes import FakePricer

if __name__ == "__main__":
    with served(FakePricer()) as address:
        print(f"serving {address}", flush=True)
        sys.stdin.read()
