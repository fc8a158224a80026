"""Where a client's tools are missing."""

from __future__ import annotations

from typing import NoReturn

import pytest


def lacking(why: str) -> NoReturn:
    """Leaves the test out with a reason; it fails where `REQUIRE_CLIENTS` is set (conftest)."""
    pytest.skip(why)
