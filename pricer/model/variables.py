"""The variables that choose the model: their names, what they mean, and what they are set to.

The token is read too, but by no list: a secret is never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pricer.model.info import short_name
from pricer.model.registry import QUANTIZATIONS, ROWS
from pricer.pricing.prompt import FRAMES

TOKEN = "HF_TOKEN"


@dataclass(frozen=True)
class Variable:
    """A variable of the environment, and what it says in a few words."""

    name: str
    meaning: str

    def shown(self, environ: Mapping[str, str]) -> str:
        """What it is set to, of a folder the last two parts; empty where it is not set."""
        value = environ.get(self.name, "").strip()
        return short_name(value) if value else ""


VARIABLES = (
    Variable("PRICER_ADAPTER", "your LoRA adapter, a Hub id or a folder: alone it is enough, for it names its base"),
    Variable("PRICER_ADAPTER_REVISION", "a commit or branch of it, if not the newest"),
    Variable("PRICER_BASE_MODEL", "its base, if not the one that it names"),
    Variable("PRICER_PROMPT", f"the question that it was trained with, if not that of its base: {', '.join(FRAMES)}"),
    Variable("PRICER_DATASET", "the Hub data set that the tab Test offers"),
    Variable("PRICER_QUANTIZATION", f"how the base is loaded, if not in 4 bits: {', '.join(QUANTIZATIONS)}"),
    Variable("PRICER_MODEL", f"a model of the table, if none of your own: {', '.join(ROWS)}"),
)


def wishes_of(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that are set, the token too, without blanks around their values."""
    names = (*(variable.name for variable in VARIABLES), TOKEN)
    return {name: environ[name].strip() for name in names if environ.get(name, "").strip()}
