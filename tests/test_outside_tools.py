"""A test that needs software of others is skipped without it, but not in CI."""

from __future__ import annotations

import pytest

from tests.outside_tools import require_tool


def test_without_the_tool_a_test_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    require_tool("kannel", is_there=True)
    with pytest.raises(pytest.skip.Exception, match="is not installed"):
        require_tool("kannel", is_there=False)


def test_in_ci_a_test_without_its_tool_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="is not installed"):
        require_tool("kannel", is_there=False)
