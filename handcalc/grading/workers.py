"""Several processes that mark: chunks go out in order and come back in order, a few at a time.

The result is the same as that of one process. Each begins as a copy of this one, with all that was worked
out before; where a system cannot copy processes, one marks alone.
"""

import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

MOST = 8

_work: Callable[[Any], Any] | None = None


def worked(
    work: Callable[[Sequence[R]], T], chunks: Iterable[list[R]], *, keep: bool = True
) -> Iterator[tuple[list[R], T]]:
    """What comes of each chunk; beside it the chunk, where it is kept."""
    waiting = iter(chunks)
    first = list(islice(waiting, 2))
    processes = min(_processors(), MOST)
    if len(first) < 2 or processes < 2:
        for chunk in chain(first, waiting):
            yield chunk, _cleared(work, chunk)
        return
    yield from _side_by_side(work, chain(first, waiting), processes, keep=keep)


def _side_by_side(
    work: Callable[[Sequence[R]], T], chunks: Iterable[list[R]], processes: int, *, keep: bool
) -> Iterator[tuple[list[R], T]]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    global _work  # noqa: PLW0603  # a process that is copied finds it here
    _work = work
    # What is there before the first chunk stays, and need not be looked through again.
    gc.freeze()
    under_way: deque[tuple[list[R], Future[T]]] = deque()
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        for chunk in chunks:
            under_way.append((chunk if keep else [], pool.submit(_do, chunk)))
            # One waits beside those that are worked on: memory holds a few chunks.
            if len(under_way) > processes + 1:
                before, result = under_way.popleft()
                yield before, result.result()
        for before, result in under_way:
            yield before, result.result()


def _do(chunk: Any) -> Any:
    assert _work is not None
    return _cleared(_work, chunk)


def _cleared(work: Callable[[Sequence[R]], T], chunk: Sequence[R]) -> T:
    """What comes of a chunk; what it leaves is cleared away once, not again and again while it is worked on."""
    result = work(chunk)
    gc.collect()
    return result


def _processors() -> int:
    """How many processors there are for us; 1 where processes cannot be copied."""
    # Elsewhere there is no fork, or libraries that do not stand it.
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
