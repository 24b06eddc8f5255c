"""The machine that builds, the logs of a build, and the binaries that it makes."""
