"""Locks on files, held by the system: they go with the process that has them, however it ends."""

from __future__ import annotations

from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows: there, who starts two processes on one file looks out himself
    fcntl = None


def lock(file: BinaryIO) -> bool:
    """Lock an open file until it is closed; False where another holds it. True, too, on disks that know no locks."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network disks
        return True
    return True
