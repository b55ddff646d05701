"""Small files whose owner and mode matter."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_small_file(path: Path, largest: int) -> tuple[os.stat_result, bytes]:
    """Open a file once, and return its status with its content; a pipe is not waited for.

    Args:
        path: The file.
        largest: The number of bytes that are read at most.

    Raises:
        ValueError: It is no regular file, or too large.
        OSError: It cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is no regular file")
        if status.st_size > largest:
            raise ValueError(f"is larger than {largest:,} bytes")
        return status, os.read(descriptor, largest)
    finally:
        os.close(descriptor)
