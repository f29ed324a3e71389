"""A tree of processes: who is in it, what it uses, and its end.

On Linux the tree is read from /proc, and the keeper is a subreaper, so that a process that left its
session and lost its parent is still found below it. Elsewhere psutil walks the tree by parents.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

LINUX = sys.platform == "linux"
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
MADV_POPULATE_WRITE = 23


@dataclass(frozen=True)
class Usage:
    memory: int = 0  # bytes, resident
    cpu: float = 0.0  # seconds
    tasks: int = 0  # processes and threads


def adopt_orphans() -> None:
    """From now on, descendants that lose their parent become children of this process."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int, by: int = signal.SIGKILL) -> None:
    """Have this process get a signal when its parent ends, however that ends."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def own_pages() -> None:
    """Have a fork's memory copied now, in one go, and not page by page as it is written to.

    A fault costs a microsecond, and several in a virtual machine; a run has thousands.
    """
    if not LINUX:
        return
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, mode, _, _, _, *name = line.split()
        if mode == "rw-p" and name[:1] in ([], ["[heap]"]):
            start, end = (int(each, 16) for each in span.split("-"))
            advise(start, end - start, MADV_POPULATE_WRITE)  # refused by a kernel before 5.14


def descendants(pid: int) -> list[int]:
    """Every process below `pid`, zombies included."""
    if not LINUX:
        import psutil

        return [process.pid for process in psutil.Process(pid).children(recursive=True)]
    found: list[int] = []
    unread = [pid]
    while unread:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{unread.pop()}/task").iterdir():
                children = [int(word) for word in (task / "children").read_text().split()]
                found += children
                unread += children
    return found


def usage(pids: list[int]) -> Usage:
    """What these processes use together; one that is gone uses nothing."""
    memory = tasks = 0
    cpu = 0.0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):
            if LINUX:
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                cpu += (int(stat[11]) + int(stat[12])) / TICK
                tasks += int(stat[17])
                memory += int(stat[21]) * PAGE
            else:
                import psutil

                with contextlib.suppress(psutil.Error):
                    process = psutil.Process(pid)
                    cpu += sum(process.cpu_times()[:2])
                    tasks += process.num_threads()
                    memory += process.memory_info().rss
    return Usage(memory, cpu, tasks)


def end_all(seconds: float = 5.0) -> int:
    """Kill and reap every process below this one; how many were still there at the deadline."""
    deadline = time.monotonic() + seconds
    while pids := descendants(os.getpid()):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if time.monotonic() > deadline:
            return len(pids)
        time.sleep(0.001)
    return 0
