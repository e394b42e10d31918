"""What the libraries raise over files that are broken or of another kind, and its sentence.

None of them checks a file before it reads it, so nearly any exception may mean a damaged file, while the same exception
in our own code is a bug. So the wide net is cast here, once, and only around a library's own call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from textwrap import shorten

from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError

from pricer.errors import ModelError
from pricer.model.machine import is_out_of_memory

_BAD_FILES = (
    *(OSError, ValueError, TypeError, LookupError, ArithmeticError, ImportError, RuntimeError),
    *(SafetensorError, StrictDataclassError),
)


@contextmanager
def reading_files(sentence: Callable[[str], str]) -> Iterator[None]:
    """Around one call of a library: what it raises becomes a ModelError, `sentence` of what the library says in short.

    Memory that runs out passes through: it is no fault of the files.
    """
    try:
        yield
    except _BAD_FILES as error:
        if is_out_of_memory(error):
            raise
        raise ModelError(sentence(shorten(str(error), 200, placeholder=" …") or type(error).__name__)) from error
