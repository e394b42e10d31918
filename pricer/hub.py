"""The Hub: a repository's files as a folder on this machine, and one table of sentences for whatever the Hub answers.

Weights are fetched here and nowhere else, as safetensors and JSON alone, so that no pickle and no code ever arrives.
Models and data sets share the sentences: a visitor reads the same words for the same trouble.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import httpx2
from huggingface_hub import HfApi, constants, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from pricer.errors import ModelError

WITHOUT_HUB = "choose PRICER_MODEL=bundled"
# What the Hub's client raises when the Hub refuses, fails or does not answer.
HUB_ERRORS = (
    HFValidationError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    httpx2.HTTPError,
    ConnectionError,
    TimeoutError,
)

_WEIGHTS = ("*.safetensors", "*.safetensors.index.json")
_SETTINGS = ("*.json", "*.txt", "*.model", "*.jinja")
_REFUSED = (401, 403)
_PART = r"[A-Za-z0-9][\w.-]*"
# An id, or a page of the Hub as it stands in the browser: https://huggingface.co/datasets/owner/name/tree/main
_ADDRESS = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://)?(?:(?:datasets|models)/)?"
    rf"(?P<name>{_PART}/{_PART})(?:/(?:tree|blob|resolve)/(?P<revision>[\w.-]+))?(?:/(?:viewer|discussions|commits)(?:/[^?#]*)?|/(?P<folder>{_PART}))?/?"
    r"(?:[?#].*)?",
    re.ASCII,
)
_SENTENCES = {
    HFValidationError: "The {what} {name!r} is neither a folder nor an id on the Hub: write an id as owner/name.",
    GatedRepoError: "The {what} {name} is gated and {lacking}: accept its terms on its page on the Hub {remedy}, or "
    "{instead}.",
    RevisionNotFoundError: "The {what} {name} has no revision {revision}: give a commit or branch that its page on the "
    "Hub lists.",
    RepositoryNotFoundError: "The Hub shows no {what} {name}: check the spelling, and if it is private, set HF_TOKEN "
    "to a token of an account that may read it.",
}  # the first that fits: a gated repository is one that is not shown


@dataclass(frozen=True)
class Wanted:
    """What the Hub is asked for ("adapter", "data set"), and what serves a user without it.

    `stored` says that its files are looked for on this machine too.
    """

    what: str
    name: str
    revision: str | None = None
    instead: str = WITHOUT_HUB
    stored: bool = True

    def __str__(self) -> str:
        return f"{self.what} {self.name}{f' at revision {self.revision}' if self.revision else ''}"


@dataclass(frozen=True)
class HubAddress:
    """A repository "owner/name", where its address says so at a revision, and a folder in it."""

    name: str
    revision: str | None = None
    folder: str | None = None

    def __str__(self) -> str:
        return f"{self.name}/{self.folder}" if self.folder else self.name


def hub_address(text: str) -> HubAddress:
    """What `text` names, an id (with a folder) or a page of the Hub; anything else comes back without blanks."""
    found = _ADDRESS.fullmatch(text.strip())
    return HubAddress(**found.groupdict()) if found else HubAddress(text.strip())


def hub_page(name: str, revision: str | None = None, kind: str = "") -> str | None:
    """The page of a repository at a revision, `kind` being "" or "datasets/"; None for a folder of this machine."""
    found = None if Path(name).exists() else _ADDRESS.fullmatch(name.strip())
    if found is None:
        return None
    address = HubAddress(**found.groupdict())
    revision = revision or address.revision or ("main" if address.folder else None)
    place = [f"/tree/{revision}"] if revision else []
    place += [f"/{address.folder}"] if address.folder else []
    return f"{constants.ENDPOINT}/{kind}{address.name}{''.join(place)}"


def hub_token() -> str | bool:
    """The token from HF_TOKEN alone; False (never one that was stored by a login) where it is not set."""
    return os.environ.get("HF_TOKEN", "").strip() or False


def folder_of(name: str, revision: str | None = None, what: str = "model", instead: str = WITHOUT_HUB) -> Path:
    """The files of `name` at `revision` (None: the newest): a folder, an id, or a part of one (owner/name/folder).

    `what` names it in the sentence of the ModelError that is raised if it cannot be had; `instead` is its last remedy.
    """
    if Path(name).is_dir():
        return Path(name)
    wanted, address = Wanted(what, name, revision, instead), hub_address(name)
    top = f"{address.folder}/" if address.folder else ""
    try:
        folder = snapshot_download(
            address.name,
            revision=revision or address.revision,
            token=hub_token(),
            allow_patterns=[f"{top}{pattern}" for pattern in (*_WEIGHTS, *_SETTINGS)],
            ignore_patterns=[f"{top}*/*"],  # a base may keep a second copy of its weights in a folder of its own
        )
    except HUB_ERRORS as error:
        raise ModelError(hub_sentence(error, wanted)) from error
    except RuntimeError as error:
        if not _is_of_storage(error):
            raise
        raise ModelError(hub_sentence(error, wanted)) from error
    except OSError as error:
        raise ModelError(
            f"The {wanted} could not be stored on this machine ({error.strerror or error}): make room on its disk, or "
            "set HF_HOME to a folder with more."
        ) from error
    return Path(folder, top)


def folders_with(file: str, name: str, revision: str | None = None) -> list[str]:
    """The folders of `name`, a folder or a Hub id, that hold `file`, in the order of the numbers that they end in."""
    if Path(name).is_dir():
        paths = [path.relative_to(name).as_posix() for path in Path(name).glob(f"*/{file}")]
    else:
        try:
            paths = HfApi(token=hub_token()).list_repo_files(hub_address(name).name, revision=revision)
        except HUB_ERRORS:
            return []
    found = [path.removesuffix(f"/{file}") for path in paths if path.count("/") == 1 and path.endswith(f"/{file}")]
    return sorted(found, key=lambda folder: (int("".join(re.findall(r"\d+$", folder)) or 0), folder))


def commit_of(folder: Path) -> str | None:
    """The commit that files of the Hub come from, which is how their folder is called; None for any other folder."""
    return next((path.name for path in (folder, *folder.parents) if path.parent.name == "snapshots"), None)


def hub_sentence(error: BaseException, wanted: Wanted) -> str:
    """What one of HUB_ERRORS means for whoever asked, and what to do."""
    answer = hub_answer(error)
    for kind, sentence in _SENTENCES.items():
        if isinstance(answer, kind):
            return sentence.format(**vars(wanted), **_access())
    if isinstance(answer, HfHubHTTPError):
        return status_sentence(answer, wanted)
    missing = ", and it is not complete on this machine" if wanted.stored else ""
    return f"The Hub could not be reached for the {wanted}{missing}: check the network, or {wanted.instead}."


def status_sentence(answer: HfHubHTTPError, wanted: Wanted) -> str:
    """What an answer means by its status alone."""
    status = answer.response.status_code if answer.response is not None else "an unknown"
    if status in _REFUSED:
        return (
            f"The Hub refused to give the {wanted} (status {status}): set HF_TOKEN to a valid token of an account that "
            f"may read it, or {wanted.instead}."
        )
    return (
        f"The Hub answered with status {status} when it was asked for the {wanted}: try again in a few minutes, or "
        f"{wanted.instead}."
    )


def hub_answer(error: BaseException) -> BaseException:
    """What the Hub answered, where the client only says that it gave up or has nothing stored; else `error` itself."""
    while isinstance(error, ConnectionError | LocalEntryNotFoundError) and not isinstance(error, HfHubHTTPError):
        cause = error.__cause__ or error.__context__
        if cause is None:
            break
        error = cause
    return error


def _access() -> dict[str, str]:
    """What a gated repository asks of the user, with a token and without."""
    if hub_token():
        return {"lacking": "the account of HF_TOKEN has no access", "remedy": "with that account"}
    return {"lacking": "HF_TOKEN is not set", "remedy": "and set HF_TOKEN to a token of your account"}


def _is_of_storage(error: RuntimeError) -> bool:
    """Whether the client of the Hub's storage raised it, which has no class of its own for a storage that is away."""
    return "CAS Client Error" in str(error)
