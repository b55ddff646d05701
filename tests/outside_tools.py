"""Software of others that some tests run against; `scripts/install_test_tools.sh` installs it."""

from __future__ import annotations

import os

import pytest


def require_tool(name: str, *, is_there: bool, what: str = "") -> None:
    """Skip the test without a tool; in CI, where it must run, let it fail.

    Args:
        name: Its name for `scripts/install_test_tools.sh`.
        is_there: Whether it is installed.
        what: What is needed, if that is more than its name says.
    """
    if is_there:
        return
    words = f"{what or name} is not installed: scripts/install_test_tools.sh {name}"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)
