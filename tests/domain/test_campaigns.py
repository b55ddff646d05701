"""The counters of a campaign (docs/rules.md 2.1)."""

import pytest

from thrumsg_tui.domain.campaigns import Totals


@pytest.mark.parametrize(
    ("texted", "replied", "rate"),
    [(0, 0, 0), (1, 0, 0), (1, 1, 100), (3, 2, 67), (3, 1, 33), (8, 1, 13), (200, 1, 1), (201, 1, 0), (40, 1, 3)],
)
def test_the_reply_rate_is_rounded_half_up(texted: int, replied: int, rate: int) -> None:
    assert Totals(texted, 0, 0, 0, 0, 0, texted, replied).reply_rate == rate
