"""What C a package needs: preambles, `#cgo` flags, headers, libraries and archives."""
