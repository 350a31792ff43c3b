"""`gallery-daemon`, which writes the modules it has loaded to the file $MODULES when it ends."""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path

from gallery_daemon.cli.main import main

if __name__ == "__main__":
    modules = Path(os.environ["MODULES"])
    atexit.register(lambda: modules.write_text("\n".join(sorted(sys.modules)), "utf-8"))
    main()
