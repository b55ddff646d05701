"""What holds whatever happens: any changes, in any order, on a real file (docs/rules.md 1.1, 1.3, 2.6, 5.8, 8.3)."""

from __future__ import annotations

from hypothesis import settings

from tests.examples import examples
from tests.store.anything import AnythingInAnyOrder

TestAnythingInAnyOrder = AnythingInAnyOrder.TestCase
TestAnythingInAnyOrder.settings = settings(max_examples=examples(40), stateful_step_count=30)
