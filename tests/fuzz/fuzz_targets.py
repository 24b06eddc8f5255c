"""All targets by name: what one run of each does, and its first inputs.

A target is a module ``fuzz_NAME`` with ``target(data)``, which raises where something is wrong, and
``seeds()``. Inputs that were found, or made by hand, stand in ``corpus/NAME``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from attrs import frozen

HERE = Path(__file__).resolve().parent
NAMES = (
    "syntax printer merge module_file source constraints preprocess cgo_flags scan_log binaries bazelrc glob"
).split()
# The fuzzer leaves larger inputs out, so that time per input says something.
MAX_BYTES = 4096


@frozen
class Target:
    """One thing that is fuzzed."""

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]

    @property
    def corpus(self) -> Path:
        """The folder of its inputs."""
        return HERE / "corpus" / self.name

    def inputs(self) -> Iterator[tuple[str, bytes]]:
        """The inputs of its folder, by name."""
        for path in sorted(self.corpus.iterdir()) if self.corpus.is_dir() else ():
            yield path.name, path.read_bytes()


def load(name: str) -> Target:
    """Imports a target."""
    for folder in (HERE, HERE.parent):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    module = import_module(f"fuzz_{name}")
    return Target(name, module.target, module.seeds)
