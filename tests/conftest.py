"""How hypothesis runs: without a deadline anywhere, with the same examples every time in CI."""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("default")
