"""The choices of the command line that apply to a whole run, and the configuration.

Comes in: the options of the command line. Goes out: ``Options``, and from them a ``Config``. No other file of
the workspace is read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from bazel_xc.config import FILE_NAME, Config, load_config, select_platforms
from bazel_xc.errors import ConfigError
from bazel_xc.golang.constraints import KNOWN_PLATFORMS
from bazel_xc.golang.toolchain import TIMEOUT_SECONDS
from bazel_xc.model import Progress, silent
from bazel_xc.tree import FactStore, read_file, remedy


@frozen(kw_only=True)
class Options:
    """Choices of the command line that apply to a whole run."""

    root: Path
    config_file: Path | None = None
    platforms: tuple[str, ...] = ()
    verify_listing: bool = False
    environment: Mapping[str, str] = field(factory=lambda: dict(os.environ))
    facts: FactStore | None = field(default=None, eq=False, repr=False)
    progress: Progress = field(default=silent, eq=False, repr=False)


def configuration(options: Options) -> Config:
    """Reads bazel_xc.toml and applies ``--platform``."""
    path = options.config_file or options.root / FILE_NAME
    text = ""
    if options.config_file or path.exists():
        try:
            # The file may be a pipe if the command line names it, as a shell does for <(command).
            text = path.read_text("utf-8") if options.config_file else read_file(path).decode()
        except OSError as e:
            raise ConfigError(f"{path}: cannot be read: {e.strerror}; {remedy(e)}") from None
        except UnicodeDecodeError as e:
            raise ConfigError(f"{path}: cannot be read: {e}") from None
    config = load_config(text, KNOWN_PLATFORMS, path.name)
    return evolve(config, platforms=select_platforms(config, options.platforms))


def timeout_of(options: Options) -> float:
    """The seconds that one go command may take. Raises ``ConfigError`` if BAZEL_XC_TIMEOUT is no number."""
    text = options.environment.get("BAZEL_XC_TIMEOUT", "")
    try:
        return float(text) if text else float(TIMEOUT_SECONDS)
    except ValueError:
        raise ConfigError(f"BAZEL_XC_TIMEOUT: {text!r} is not a number of seconds") from None
