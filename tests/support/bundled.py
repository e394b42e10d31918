"""The bundled model, loaded once for all tests by the path that the product takes."""

import pytest

from pricer.model.engine import Pricer, open_pricer


@pytest.fixture(scope="session")
def bundled_pricer() -> Pricer:
    """The pricer of the model that comes with the package."""
    return open_pricer("bundled")
