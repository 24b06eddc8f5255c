"""The go command: toolchain, listings per platform, constraints, sources, modules and the ``Universe``."""
