"""Dynamic batching: what several callers ask for at the same moment goes through one pass.

One thread runs the passes, one after the other, each for all who wait, in the order in which they asked; while it runs,
the next batch gathers. So nobody waits for a timer, and nobody for more than the batches that were asked for before.
`run` may be any function from a list to a list of the same length: no model is known here.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(frozen=True, eq=False)
class _Waiting(Generic[Question, Answer]):
    """A question in the line and the place where its answer, or the error of its pass, will stand."""

    question: Question
    kind: Hashable
    answer: Future[Answer] = field(default_factory=Future)


@dataclass(eq=False)
class DynamicBatcher(Generic[Question, Answer]):
    """`run(questions, kind)` for callers in several threads, at most `limit()` questions of one kind at a time."""

    run: Callable[[list[Question], Any], list[Answer]]
    limit: Callable[[], int]
    _line: deque[_Waiting] = field(default_factory=deque)
    _line_lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "passes"))

    def ask(self, questions: Sequence[Question], kind: Hashable = None) -> list[Answer]:
        """The answers in order. Raises what `run` raised for a pass that one of the questions was in."""
        mine = [_Waiting(question, kind) for question in questions]
        with self._line_lock:
            self._line.extend(mine)
        self._thread.submit(self._answer, mine)
        return [waiting.answer.result() for waiting in mine]

    def _answer(self, mine: Sequence[_Waiting]) -> None:
        """Passes for the head of the line until `mine` are answered; passes for others may have taken them along."""
        while not all(waiting.answer.done() for waiting in mine):
            self._pass(self._next())

    def _pass(self, batch: Sequence[_Waiting]) -> None:
        try:
            answers = self.run([waiting.question for waiting in batch], batch[0].kind)
            for waiting, answer in zip(batch, answers, strict=True):
                waiting.answer.set_result(answer)
        except BaseException as error:  # noqa: BLE001 -- it is handed to the callers, none of whom may wait on
            for waiting in batch:
                if not waiting.answer.done():
                    waiting.answer.set_exception(error)

    def _next(self) -> list[_Waiting]:
        """The head of the line and those behind it of the same kind, up to the limit; the others keep their places."""
        with self._line_lock:
            kind, limit = self._line[0].kind, max(1, self.limit())
            batch = [waiting for waiting in self._line if waiting.kind == kind][:limit]
            chosen = set(map(id, batch))
            self._line = deque(waiting for waiting in self._line if id(waiting) not in chosen)
        return batch


@dataclass(frozen=True)
class Unshared(Generic[Question, Answer]):
    """In place of DynamicBatcher where there is one caller at a time: no thread but the caller's, no batch but his."""

    run: Callable[[list[Question], Any], list[Answer]]

    def ask(self, questions: Sequence[Question], kind: Hashable = None) -> list[Answer]:
        """The answers in order. Raises what `run` raised."""
        return self.run(list(questions), kind)
