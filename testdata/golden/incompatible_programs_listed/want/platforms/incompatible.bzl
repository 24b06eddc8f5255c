"""Written by bazel-xc generate: programs, and the platforms on which they cannot be built."""

INCOMPATIBLE = {
    "//cmd/cgotool:cgotool": ["windows_amd64", "windows_arm64"],
    "//cmd/tool:tool": ["darwin_arm64", "windows_amd64", "windows_arm64"],
}
