"""What a benchmark prints."""

from __future__ import annotations

import json
from typing import Any


def show(found: dict[str, Any], *, as_json: bool) -> None:
    """Figures as JSON, or one a line."""
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:32} {value}")
