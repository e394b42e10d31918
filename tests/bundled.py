"""The bundled model, loaded once for all tests by the path that the product takes.

A module of tests gets it by `from tests.bundled import bundled_pricer`.
"""

from functools import cache

import pytest

from pricer.engine import Pricer, open_pricer


@pytest.fixture(scope="session")
def bundled_pricer() -> Pricer:
    """The pricer of the model that comes with the package."""
    return _opened()


@cache  # a fixture that several modules import would be made anew for each
def _opened() -> Pricer:
    return open_pricer("bundled")
