"""``python -m bazel_xc`` and the ``bazel-xc`` script: hand over to the command line."""

from __future__ import annotations

import sys

from bazel_xc.cli import main

if __name__ == "__main__":
    sys.exit(main())
