"""A program that serves a page for each of several environments, until its input ends, and says where they are.

Its argument is a list of variables to set, as JSON; each page's model is chosen and loaded by them. The machine counts
as one without a GPU that has room for any model of the table.
"""

import json
import os
import sys
from contextlib import ExitStack

from pricer.model import engine
from tests.support.browser import served
from tests.support.tiny_llama import CPU

if __name__ == "__main__":
    engine.look_at_machine = lambda: CPU
    with ExitStack() as pages:
        for variables in json.loads(sys.argv[1]):
            os.environ.update(variables)
            print(f"serving {pages.enter_context(served(engine.open_pricer()))}", flush=True)
        sys.stdin.read()
