"""What annotators wait for in the browser: every part of this folder, in turn.

    python benchmarks/web/run.py [--quick]

A real server and a real Chromium (Debian's, or PRODFLOW_CHROMIUM). Each part is a program of its own and prints rows of
JSON.
"""

import subprocess
import sys
from pathlib import Path

PARTS = ("key_to_task", "image_boxes", "text_spans")
HERE = Path(__file__).parent


def main() -> int:
    """Run the parts that are here; the first failure ends it."""
    for part in PARTS:
        program = HERE / f"{part}.py"
        if program.exists():
            done = subprocess.run([sys.executable, str(program), *sys.argv[1:]])
            if done.returncode != 0:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
