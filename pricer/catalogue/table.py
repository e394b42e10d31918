"""A table in Python with its prices beside it, a batch at a time: the same columns as a catalogue on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import pyarrow as pa

from pricer.catalogue.prices import ROWS_AT_ONCE, beside, price_all
from pricer.pricing.estimator import Estimator

_INDEX = "__index_level_"  # what pandas calls an index on its way to Arrow


def price_table(
    rows: Iterable[str | Mapping[str, Any]], text: str = "text", pricer: Estimator | None = None
) -> Iterator[dict[str, Any]]:
    """Each row of a table with its price beside it, in their order; rows are read as prices are asked for.

    `rows` are texts, mappings that hold the description under the name `text` (lines of JSON, a `datasets.Dataset`),
    or a frame that speaks Arrow (pandas, Polars, PyArrow). A row keeps its own columns; one whose name is taken by ours
    becomes `source_NAME`. Ours are prices in dollars, shares of the whole vocabulary, counts of tokens, and `error`,
    the reason where a row has no price. `pricer` is that of `open_pricer()` unless one is given. Raises KeyError where
    a row has no column `text`.

        pandas.DataFrame(price_table(frame, text="name"))
    """
    if pricer is None:
        from pricer.model.engine import open_pricer  # torch, which a caller with a pricer of its own has already

        pricer = open_pricer()
    remaining = _rows(rows)
    while block := list(islice(remaining, ROWS_AT_ONCE)):
        mappings = [{text: row} if isinstance(row, str) else row for row in block]
        for own, priced in zip(mappings, price_all(pricer, [row[text] for row in mappings]), strict=True):
            yield beside(own, priced)


def _rows(rows: Any) -> Iterator[str | Mapping[str, Any]]:
    if not hasattr(rows, "__arrow_c_stream__"):  # Arrow's protocol, which frames have and plain iterables have not
        yield from rows
        return
    for batch in pa.RecordBatchReader.from_stream(rows):
        names = [name for name in batch.schema.names if not name.startswith(_INDEX)]
        yield from batch.select(names).to_pylist()
