"""Starts bazel-xc as a Bazel target. Comes in: the command line. Goes out: the exit code.

rules_python starts a file, not a module, and puts the file's folder on the path for imports. So the file is
not in ``bazel_xc``, whose modules could then be found by their short names.
"""

import sys

from bazel_xc.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
