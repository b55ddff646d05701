"""What a library logs, which on its way to standard error could be a traceback with somebody's words in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def logged_by(handler: logging.Handler, name: str) -> Iterator[None]:
    """Give what the logger of a library gets to a handler, and to nobody else.

    Args:
        handler: The handler.
        name: The library's logger.
    """
    logger = logging.getLogger(name)
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before
