"""What the bundled model says of some descriptions, kept in golden.json beside this module.

Only new weights may change it. Once they are in place, write it anew and look at what changed:

    python -m tests.support.golden
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pricer.model.engine import Pricer, open_pricer

FILE = Path(__file__).with_name("golden.json")
DESCRIPTIONS = (
    "USB-C charging cable, 6 feet, braided nylon",
    "Gaming laptop with a 16-inch display, 32 GB of memory, a 1 TB SSD and a powerful graphics card",
    "Stainless steel electric kettle, 1.7 litres",
    "mug",
    "Réfrigérateur combiné 300 L, classe A, blanc ❄️",
    "Cordless drill, 18 V, two batteries, charger and case. " * 12,
)


def kept() -> dict[str, Any]:
    """What was written when the weights were made: `adapter`, the SHA-256 of its weights, and `said`, in order."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def said(pricer: Pricer, descriptions: list[str] | tuple[str, ...] = DESCRIPTIONS) -> list[dict[str, Any]]:
    """What the model says now, in dollars."""
    # No quantiles: on another processor a last bit may move one by a whole dollar.
    return [
        {"price": round(found.price, 4), "mean": round(found.mean, 4)} for found in pricer.estimate_all(descriptions)
    ]


def main() -> int:
    """Write what the weights say that are here now."""
    pricer = open_pricer("bundled")
    now = {"adapter": pricer.info.adapter.fingerprint, "said": said(pricer)}
    FILE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
