"""``python -m bazel_xc`` and the ``bazel-xc`` script: hand over to the command line."""

from __future__ import annotations

import gc
import sys

from bazel_xc import cli
from bazel_xc.cli import streams


def main() -> int:
    """Runs the command line of this process; gives the exit code."""
    gc.disable()  # a short run whose values live to its end: collecting them costs a fifth and frees nothing
    streams.prepare()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
