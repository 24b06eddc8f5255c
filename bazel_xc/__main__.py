"""``python -m bazel_xc`` and the ``bazel-xc`` script: start the command line."""

from __future__ import annotations

import gc
import sys

from bazel_xc import cli
from bazel_xc.cli import streams


def main() -> int:
    """Runs the command line of this process; returns the exit code."""
    gc.disable()  # values live to the end of a short run: collecting costs a fifth more time
    streams.prepare()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
