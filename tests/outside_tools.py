"""Software of others that some tests run against; `scripts/install_test_tools.sh` installs it."""

from __future__ import annotations

import os

import pytest


def require_tool(name: str, *, is_there: bool) -> None:
    """Skip the test without a tool; in CI, where it must run, let it fail.

    Args:
        name: Its name for `scripts/install_test_tools.sh`.
        is_there: Whether it is installed.
    """
    if is_there:
        return
    words = f"{name} is not installed: scripts/install_test_tools.sh {name}"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)
