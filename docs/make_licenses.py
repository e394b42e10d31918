"""Writes docs/licenses.md: what every direct dependency says of its own license, and where the weights come from."""

from __future__ import annotations

import re
import sys
from importlib.metadata import metadata
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
LISTS = {"requirements.txt": "What the demo runs on", "requirements-dev.txt": "What developers need besides"}
_PIN = re.compile(r"([\w-]+)(?:\[[\w,]+\])?==(\S+)\s+# (.+)")

HEAD = """# Licenses

This project is under [Apache-2.0](../LICENSE).
Written by `python docs/make_licenses.py` from the metadata of the installed packages; a test holds it to them.
Licenses stand here as each package's metadata words them.
"""

WEIGHTS = """## Bundled weights and items

| what | from | license |
|---|---|---|
| `pricer/bundled/base`, `adapter` | from all-MiniLM-L6-v2 ([card](../pricer/bundled/README.md)) | Apache-2.0 |
| `pricer/bundled/items.jsonl` | written for this project | Apache-2.0 |

Llama and the course's adapters come from the Hub under licenses of their own and are not part of this repository.
"""


def pins(name: str) -> list[tuple[str, str, str]]:
    """(package, version, reason) for each line of a list of requirements."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [match.groups() for line in lines if (match := _PIN.match(line))]


def license_of(package: str) -> str:
    """The license as the installed metadata names it, in one line."""
    about = metadata(package)
    said = about.get("License-Expression") or _first_line(about.get("License"))
    classifiers = [value.rpartition(" :: ")[2] for value in about.get_all("Classifier", []) if "License ::" in value]
    return said or ", ".join(classifiers) or "not said in its metadata"


def page() -> str:
    """The whole file."""
    parts = [HEAD]
    for name, title in LISTS.items():
        rows = [
            f"| {package} | {version} | {reason} | {license_of(package)} |" for package, version, reason in pins(name)
        ]
        head = "| package | version | what for | license |\n|---|---|---|---|"
        parts.append(f"## {title}\n\n{head}\n" + "\n".join(rows))
    return "\n".join([*(f"{part.rstrip()}\n" for part in parts), WEIGHTS])


def _first_line(text: str | None) -> str:
    """A short license; some packages put the whole text of theirs there."""
    text = (text or "").strip()
    return text if len(text.splitlines()) == 1 and len(text) < 60 else ""


if __name__ == "__main__":
    (DOCS / "licenses.md").write_text(page(), encoding="utf-8")
    sys.exit(0)
