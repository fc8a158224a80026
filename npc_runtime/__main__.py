"""`python -m npc_runtime` is `npc-runtime`."""

import sys

from npc_runtime.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
