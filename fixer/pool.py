"""Many units: one after another, or in processes where that pays. Outcomes come in the order of the units."""

import gc
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fixer.config import Options
from fixer.engine import run as run_unit
from fixer.model import Outcome, Problem, Unit

# A process costs about 0.3 s until its parsers are loaded, in which time about this much is parsed.
WORTHWHILE_BYTES = 300_000


def run(units: Sequence[Unit], root: Path, options: Options, jobs: int = 0) -> Iterator[Outcome]:
    """The outcome of each unit; `jobs` processes at most, 0 for as many as there are processors."""
    jobs = min(jobs or processors(), len(units))
    if jobs < 2 or total_bytes(units, root) < WORTHWHILE_BYTES:
        for unit in units:
            yield without_collector(unit, root, options)
    else:
        yield from in_processes(units, root, options, jobs)


def without_collector(unit: Unit, root: Path, options: Options) -> Outcome:
    """The engine's run with the collector of cycles off: it would walk the unit's parse trees, which live to its end,
    again and again (a fifth of a run, measured on Terraform)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        return run_unit(unit, root, options)
    finally:
        if was_on:
            gc.enable()


def in_processes(units: Sequence[Unit], root: Path, options: Options, jobs: int) -> Iterator[Outcome]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children, get_context

    # Spawned: a fork would copy the threads' locks of a progress bar. The largest go first, so that none is left over.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as executor:
        sizes = {unit: total_bytes((unit,), root) for unit in units}
        with interrupts_blocked():
            futures = {
                unit: executor.submit(without_collector, unit, root, options)
                for unit in sorted(units, key=lambda unit: sizes[unit], reverse=True)
            }
        try:
            for unit in units:
                try:
                    yield futures[unit].result()
                except BrokenProcessPool:
                    yield Outcome(unit, problems=(died(unit),))
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            for process in active_children():
                process.terminate()  # it only reads
            raise


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Ctrl-C reaches every process of a terminal; only this one answers it. The others are born with it blocked."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def died(unit: Unit) -> Problem:
    return Problem(unit.path, 0, 0, "not looked at: a worker process died", "run again with --jobs 1")


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def total_bytes(units: Sequence[Unit], root: Path) -> int:
    return sum(size(root / path) for unit in units for path in unit.files)


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
