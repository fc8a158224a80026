"""Writes the message types of the clients from `protocol.json` and `schema/`.

python -m protocol.bindings            write those of all languages
python -m protocol.bindings java       only those in Java
python -m protocol.bindings --check    write nothing; name what is stale, and exit 1 if anything is
"""

from __future__ import annotations

import argparse
import sys

from protocol import generated
from protocol.bindings import LANGUAGES, model, outputs, written


def main() -> int:
    """Writes or checks; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("language", nargs="?", choices=LANGUAGES, help="only this one")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something is stale")
    asked = parser.parse_args()
    languages = [asked.language] if asked.language else [*LANGUAGES]
    return generated.keep(
        outputs(model.read(), languages), written(languages), asked.check, "python -m protocol.bindings"
    )


if __name__ == "__main__":
    sys.exit(main())
