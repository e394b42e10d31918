"""Dynamic batching: callers at the same moment, answers that belong to their questions."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pricer.model.batching import DynamicBatcher, Unshared


class Doubler:
    """Doubles numbers; `seconds` is how long a pass takes; records the batches."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.batches: list[list[int]] = []
        self.running = 0
        self.most_at_once = 0

    def __call__(self, numbers: list[int], kind: object) -> list[int]:
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        self.batches.append(list(numbers))
        time.sleep(self.seconds)
        self.running -= 1
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers] if kind != "negative" else [-number for number in numbers]


def test_a_lone_caller_gets_its_answers_in_order():
    doubler = Doubler()

    assert [6, 2, 4] == DynamicBatcher(doubler, lambda: 2).ask([3, 1, 2])
    assert [[3, 1], [2]] == doubler.batches


def test_callers_at_the_same_moment_share_passes_and_each_gets_the_answer_to_its_own_question():
    doubler = Doubler(seconds=0.05)
    batcher = DynamicBatcher(doubler, lambda: 16)

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda number: batcher.ask([number + 100])[0], range(32)))

    assert [2 * (number + 100) for number in range(32)] == answers
    assert len(doubler.batches) <= 6, "32 questions in batches of up to 16"
    assert doubler.most_at_once == 1


def test_callers_that_come_back_at_once_fill_every_pass():
    """Whoever has an answer goes on asking and does not wait behind passes for others: batches stay full."""
    doubler = Doubler(seconds=0.02)
    batcher = DynamicBatcher(doubler, lambda: 8)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: [batcher.ask([number]) for _ in range(10)], range(100, 116)))

    assert 160 == sum(map(len, doubler.batches))
    assert len(doubler.batches) <= 26, "160 questions in batches of 8, but for the first and the last ones"


def test_questions_of_another_kind_never_share_a_pass():
    doubler = Doubler(seconds=0.02)
    batcher = DynamicBatcher(doubler, lambda: 8)

    with ThreadPoolExecutor(8) as pool:
        kinds = ["negative" if number % 2 else None for number in range(8)]
        answers = list(pool.map(lambda pair: batcher.ask([pair[0]], pair[1])[0], enumerate(kinds)))

    assert [0, -1, 4, -3, 8, -5, 12, -7] == answers
    assert all(len({number % 2 for number in batch}) == 1 for batch in doubler.batches)


def test_a_latecomer_waits_for_the_running_pass_and_not_for_the_rest_of_a_long_run():
    doubler = Doubler(seconds=0.05)
    batcher = DynamicBatcher(doubler, lambda: 4)
    stop = threading.Event()

    def long_run() -> None:
        for start in range(1000, 2000, 4):
            if stop.is_set():
                return
            batcher.ask(list(range(start, start + 4)))

    runner = threading.Thread(target=long_run)
    runner.start()
    time.sleep(0.12)
    before = len(doubler.batches)
    assert [14] == batcher.ask([7])
    after = next(index for index, batch in enumerate(doubler.batches) if 7 in batch)
    stop.set()
    runner.join()

    assert after - before <= 1


def test_an_error_reaches_everyone_in_its_pass_and_no_one_else():
    batcher = DynamicBatcher(Doubler(), lambda: 1)

    with pytest.raises(ValueError, match="thirteen"):
        batcher.ask([13])
    assert [8] == batcher.ask([4])


def test_an_error_does_not_reach_a_caller_of_another_pass():
    doubler = Doubler(seconds=0.05)
    batcher = DynamicBatcher(doubler, lambda: 1)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(batcher.ask, [1])
        time.sleep(0.02)
        unlucky, last = pool.submit(batcher.ask, [13]), pool.submit(batcher.ask, [5])

    assert [2] == first.result()
    assert [10] == last.result()
    assert isinstance(unlucky.exception(), ValueError)


def test_where_there_is_one_caller_at_a_time_his_own_thread_makes_the_pass():
    threads = []

    def doubled(numbers: list[int], kind: object) -> list[int]:
        threads.append(threading.current_thread())
        return Doubler()(numbers, kind)

    assert [[6, 2], [-5]] == [Unshared(doubled).ask([3, 1]), Unshared(doubled).ask([5], "negative")]
    assert [threading.current_thread()] * 2 == threads
