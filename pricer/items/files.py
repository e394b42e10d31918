"""Item files: the table in a file, whoever wrote it, by what is in it.

Files are read as a stream and within limits; a row that cannot be read is a row with a problem, never the end of the
file.
"""

from __future__ import annotations

from pathlib import Path

from pricer.errors import ItemsError
from pricer.items.delimited import open_delimited
from pricer.items.encoding import find_encoding
from pricer.items.json_files import open_json
from pricer.items.rows import Table
from pricer.items.streams import open_bytes, reading

FORMS = "CSV, TSV, JSON, JSON lines, Excel or Parquet"  # what is read, for sentences and labels
_JSON = (".jsonl", ".ndjson", ".json")
_TEXT = (".csv", ".tsv", ".txt")


def open_table(path: Path, encoding: str | None = None) -> Table:
    """The table in a .csv, .tsv, .txt, .json, .jsonl, .xlsx or .parquet file, text files gzipped or not.

    `encoding` is that of a text file; it is found out where it is None. Raises ItemsError if there is no such file or
    it is not what its name says; so do the rows, where a file is cut off.
    """
    name = path.name.lower()
    with reading(path):
        if not path.is_file():
            raise ItemsError(
                f"There is no file {path}: give 'bundled', a CSV, JSON, Excel or Parquet file, or hub:owner/name."
            )
        if path.stat().st_size == 0:
            raise ItemsError(f"{path.name} is empty: give a file with a row for each product.")
        if name.endswith(".parquet"):
            from pricer.items.parquet_files import open_parquet  # half a second that only Parquet files need

            return open_parquet(path)
        if name.endswith((".xlsx", ".xlsm")):
            from pricer.items.excel_files import open_excel  # likewise

            return open_excel(path)
        kind = name.removesuffix(".gz")
        if kind.endswith((*_JSON, *_TEXT)):
            with open_bytes(path) as stream:
                found, remarks = find_encoding(path.name, stream, encoding)
            return (open_json if kind.endswith(_JSON) else open_delimited)(path, found, remarks)
    raise ItemsError(f"{path.name} is none of .csv, .json, .jsonl, .xlsx and .parquet: convert it to one of these.")
