"""A call recorded by Silk without a request of HTTP: what Silk's middleware does, around a call."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import router, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from silk.collector import DataCollector
from silk.models import Request, SQLQuery
from silk.profiling.profiler import silk_profile
from silk.sql import execute_sql

from core.lab.bench import BENCH
from core.lab.overlay import lab

METHOD = "CALL"  # in the place of GET and POST
LONGEST = 190  # characters that Silk keeps of a name
_patching = threading.Lock()


def record(names: list[str]) -> str:
    """Do the calls, and keep what Silk saw of them as one record; the number of its page."""
    assert BENCH.lab  # noqa: S101 - its caller has looked
    with BENCH.doing, transaction.atomic(using=router.db_for_write(SQLQuery)):
        collector = DataCollector()
        # Silk's lists show a path: the calls stand in its place.
        request = Request.objects.create(
            path=", ".join(names)[:LONGEST], view_name=lab("slug"), method=METHOD
        )
        collector.configure(request, should_profile=True)
        try:
            with _listening():
                for name in names:
                    with silk_profile(name=name):
                        BENCH.lab.do(name)
            collector.stop_python_profiler()
            request.end_time = timezone.now()
            collector.finalise()
            request.save()
        finally:
            collector.stop_python_profiler()
            collector.clear()
    return str(request.pk)


@contextmanager
def _listening() -> Iterator[None]:
    """Silk hears of queries by a patch that its middleware makes, for good: here, for the call."""
    compiler: Any = SQLCompiler
    with _patching:
        if hasattr(compiler, "_execute_sql"):
            yield
            return
        compiler._execute_sql, compiler.execute_sql = compiler.execute_sql, execute_sql
        try:
            yield
        finally:
            compiler.execute_sql = compiler._execute_sql
            del compiler._execute_sql
