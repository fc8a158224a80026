"""The program of the bundle: `npc-runtime`, with all its commands."""

import sys

from npc_runtime.cli.main import main

sys.exit(main())
