"""How much memory a process takes."""

import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def held_mb() -> int:
    """What this process holds now, files that it maps included."""
    return _megabytes("VmRSS")


def peak_mb() -> int:
    """The most that it held since its program began."""
    return _megabytes("VmHWM")


def _megabytes(field: str) -> int:
    """Of Linux's account (man 5 proc); elsewhere the highest ever, which may begin with what the parent held."""
    if not _STATUS.exists():
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    rows = _STATUS.read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith(field)) // 1024
