"""Item data sets: rows of a data set of the Hub, streamed, so that 250 rows of 400,000 cost little more than 250.

The only place that knows `datasets`. Whatever the Hub answers becomes a sentence. The token comes from HF_TOKEN alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import datasets
from datasets.packaged_modules.csv.csv import Csv
from datasets.packaged_modules.json.json import Json
from datasets.packaged_modules.parquet.parquet import Parquet
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from pyarrow import CacheOptions
from pyarrow.dataset import ParquetFragmentScanOptions

from pricer.errors import ItemsError
from pricer.hub import HUB_ERRORS, Wanted, hub_answer, hub_sentence, hub_token, status_sentence
from pricer.items.rows import Row, Table

DEFAULT_SPLIT = "test"

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_REVISION = re.compile(r"[A-Za-z0-9][\w./-]*", re.ASCII)
_SPLIT = re.compile(r"\w[\w.]*", re.ASCII)
# A person waits: the library's twenty tries, five to sixty seconds apart, would be minutes without a word.
_TRIES, _SECONDS_BETWEEN = 3, 1
_FETCHED_AT_ONCE = 1 << 20  # bytes
_TABLES = (Parquet, Csv, Json)  # pictures, archives and pickles of strangers are not opened
_FAILURES = (
    *HUB_ERRORS,
    OSError,
    RuntimeError,  # a data set that is a script
    ValueError,
    datasets.exceptions.DatasetsError,
)


def open_dataset(address: str) -> tuple[Table, str]:
    """The rows of "owner/name", with "@revision" and ":split" if wanted, and the commit that they come from.

    Raises ItemsError if there is no such data set, revision or split, if it may not be read, or if the Hub fails; so do
    the rows, if it fails on the way.
    """
    name, revision, split = _parts(address)
    commit = _commit(name, revision)
    _be_brief()
    try:
        # "hf://": never a folder that happens to have this name.
        builder = datasets.load_dataset_builder(f"hf://datasets/{name}", revision=commit, token=hub_token())
        if not isinstance(builder, _TABLES):
            raise datasets.exceptions.DataFilesNotFoundError(f"{name} is none of Parquet, CSV and JSON lines")
        if isinstance(builder, Parquet):  # which else is fetched 32 MB at a time
            builder.config.fragment_scan_options = ParquetFragmentScanOptions(
                cache_options=CacheOptions(prefetch_limit=0, range_size_limit=_FETCHED_AT_ONCE)
            )
        stream = builder.as_streaming_dataset(split)
        columns = tuple(stream.column_names or next(iter(stream)))
    except _FAILURES as error:
        raise _failed(name, split, error) from error
    except StopIteration as error:
        raise ItemsError(f"The split {split} of {name} is empty: choose another, as in hub:{name}:train.") from error

    def rows(wanted: Sequence[str]) -> Iterator[Row]:
        try:
            for number, cells in enumerate(stream.select_columns(list(wanted)), start=1):
                yield Row(number, cells)
        except _FAILURES as error:
            raise _failed(name, split, error) from error

    return Table(columns, rows), commit


def _parts(address: str) -> tuple[str, str | None, str]:
    """Name, revision and split of an address such as "owner/name@revision:split"."""
    rest, _, split = address.partition(":")
    name, _, revision = rest.partition("@")
    split = split or DEFAULT_SPLIT
    if not (_NAME.fullmatch(name) and _REVISION.fullmatch(revision or "main") and _SPLIT.fullmatch(split)):
        raise ItemsError(
            f"{address[:80]!r} names no data set: write hub:owner/name, hub:owner/name:split or "
            "hub:owner/name@revision:split."
        )
    return name, revision or None, split


def _commit(name: str, revision: str | None) -> str:
    """The commit that `revision` stands for: asked for first, because the Hub's reasons are clearest here."""
    hub = HfApi(token=hub_token())
    try:
        hub.auth_check(name, repo_type="dataset")  # everybody may know of a gated one, but not read it
        return hub.dataset_info(name, revision=revision, timeout=30).sha
    except HUB_ERRORS as error:
        raise ItemsError(hub_sentence(error, _wanted(name, revision))) from error


def _failed(name: str, split: str, error: Exception) -> ItemsError:
    """Why rows cannot be had although the data set is there."""
    answer = hub_answer(error)
    if isinstance(answer, HfHubHTTPError):
        return ItemsError(status_sentence(answer, _wanted(name)))
    if isinstance(error, HUB_ERRORS):
        return ItemsError(hub_sentence(error, _wanted(name)))
    if isinstance(error, ValueError) and "split" in str(error).lower():
        known = re.search(r"\[[^\]]*\]", str(error))
        there = f": it has {known.group().strip('[]')}" if known else ""
        return ItemsError(f"The data set {name} has no split {split!r}{there}. Write hub:{name}:split.")
    return ItemsError(
        f"The data set {name} cannot be read as rows ({type(error).__name__}): it needs a data file in Parquet, CSV or "
        "JSON lines with columns 'text' and 'price'."
    )


def _wanted(name: str, revision: str | None = None) -> Wanted:
    return Wanted("data set", name, revision, instead="use the bundled items", stored=False)


def _be_brief() -> None:
    """Fail within seconds, and leave the telling to the sentences here."""
    datasets.config.STREAMING_READ_MAX_RETRIES = datasets.config.STREAMING_OPEN_MAX_RETRIES = _TRIES
    datasets.config.STREAMING_READ_RETRY_INTERVAL = datasets.config.STREAMING_OPEN_RETRY_INTERVAL = _SECONDS_BETWEEN
    datasets.config.STREAMING_READ_SERVER_UNAVAILABLE_RETRY_INTERVAL = _SECONDS_BETWEEN
    datasets.config.STREAMING_READ_RATE_LIMIT_RETRY_INTERVAL = _SECONDS_BETWEEN
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity_error()
