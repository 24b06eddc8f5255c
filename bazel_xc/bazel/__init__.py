"""BUILD files: names, selects, the rules wanted per directory, and their merge into existing text."""
