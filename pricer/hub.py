"""The Hub: a repository's files as a folder on this machine.

The only place that fetches weights, so that whatever can go wrong on the way is told in one set of sentences. Fetches
safetensors and JSON alone: no pickle and no code ever arrives. Knows nothing of what is in the files.
"""

from __future__ import annotations

import os
from pathlib import Path

import httpx2
from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from pricer.errors import ModelError

_WEIGHTS = ("*.safetensors", "*.safetensors.index.json")
_SETTINGS = ("*.json", "*.txt", "*.model", "*.jinja")


def hub_token() -> str | bool:
    """The token from HF_TOKEN alone; False (never one that was stored by a login) where it is not set."""
    return os.environ.get("HF_TOKEN", "").strip() or False


def folder_of(name: str, revision: str | None = None, what: str = "model") -> Path:
    """The files of `name`, a folder or a Hub id, at `revision` (None: the newest).

    `what` names it in the sentence of the ModelError that is raised if it cannot be had.
    """
    if Path(name).is_dir():
        return Path(name)
    at = f" at revision {revision}" if revision else ""
    try:
        # Only files at the top: a base may keep a second copy of its weights in a folder of its own.
        folder = snapshot_download(
            name,
            revision=revision,
            token=hub_token(),
            allow_patterns=[*_WEIGHTS, *_SETTINGS],
            ignore_patterns=["*/*"],
        )
    except HFValidationError as error:
        raise ModelError(
            f"The {what} {name!r} is neither a folder nor an id on the Hub: write an id as owner/name."
        ) from error
    except GatedRepoError as error:
        raise ModelError(_gated(name, what)) from error
    except RevisionNotFoundError as error:
        raise ModelError(
            f"The {what} {name} has no revision {revision}: give a commit or branch that its page on the Hub lists."
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelError(
            f"The Hub shows no {what} {name}: check the spelling, and if it is private, set HF_TOKEN to a token of an "
            "account that may read it."
        ) from error
    except (LocalEntryNotFoundError, httpx2.HTTPError, ConnectionError, TimeoutError, RuntimeError) as error:
        # Where nothing is stored here either, the Hub's own answer is the cause of the error.
        answer = error.__cause__ if isinstance(error, LocalEntryNotFoundError) else error
        raise ModelError(_no_answer(answer, f"{what} {name}{at}")) from error
    except OSError as error:
        raise ModelError(
            f"The {what} {name}{at} could not be stored on this machine ({error.strerror or error}): make room on its "
            "disk, or set HF_HOME to a folder with more."
        ) from error
    return Path(folder)


def _gated(name: str, what: str) -> str:
    if hub_token():
        return (
            f"The {what} {name} is gated and the account of HF_TOKEN has no access: accept its licence on its page on "
            "the Hub with that account, or choose PRICER_MODEL=llama-3.1-8b-mirror, which needs none."
        )
    return (
        f"The {what} {name} is gated and HF_TOKEN is not set: accept its licence on its page on the Hub and set "
        "HF_TOKEN, or choose PRICER_MODEL=llama-3.1-8b-mirror, which needs no token."
    )


def _no_answer(answer: BaseException | None, asked_for: str) -> str:
    """The sentence for a Hub that refuses, fails or cannot be reached."""
    if not isinstance(answer, HfHubHTTPError):
        return (
            f"The Hub could not be reached for the {asked_for}, and it is not complete on this machine: check the "
            "network, or choose PRICER_MODEL=bundled, which needs none."
        )
    status = answer.response.status_code
    if status in (401, 403):
        return (
            f"The Hub refused to give the {asked_for} (status {status}): set HF_TOKEN to a valid token of an account "
            "that may read it, or choose PRICER_MODEL=bundled, which needs none."
        )
    return (
        f"The Hub answered with status {status} when it was asked for the {asked_for}: try again in a few minutes, or "
        "choose PRICER_MODEL=bundled, which needs no network."
    )
