"""Before and after the build: the machine that builds, the logs it leaves, the binaries that come out."""
