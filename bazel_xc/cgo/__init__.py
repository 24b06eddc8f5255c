"""The C needs of packages: preambles, `#cgo` flags, headers, libraries and archives."""
