"""How Bazel is told: names, selects, the rules wanted per directory, and merging them into files."""
