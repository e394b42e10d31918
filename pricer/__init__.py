"""What a product costs, according to a language model: `open_pricer().estimate_all(["Stainless steel water bottle"])`.

Public are the names of `__all__`; each is fetched when it is first asked for, so that this import alone loads no torch.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pricer.catalogue.table import price_table as price_table
    from pricer.model.engine import Pricer as Pricer
    from pricer.model.engine import open_pricer as open_pricer
    from pricer.pricing.estimate import Estimate as Estimate

__version__ = "0.1.0"

PACKAGE = Path(__file__).parent
_FRONT_DOOR = {
    "open_pricer": "pricer.model.engine",
    "Pricer": "pricer.model.engine",
    "Estimate": "pricer.pricing.estimate",
    "price_table": "pricer.catalogue.table",
}
__all__ = ["Estimate", "Pricer", "open_pricer", "price_table"]


def __getattr__(name: str) -> Any:
    if name not in _FRONT_DOOR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_FRONT_DOOR[name]), name)
