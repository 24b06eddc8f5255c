"""bazel-xc: BUILD files, platforms and cgo reports for Go that is cross-compiled under Bazel.

Data flows one way, and ``commands`` calls the stages in this order::

    config -> buildfile -> golang -> cgo -> graph -> clibs -> bazel (plan -> merge) -> write
              what is      what Go   what C   who     who      how Bazel is told
              there        says      it needs needs it  provides '-> report

``config`` reads bazel_xc.toml, ``buildfile`` the BUILD files as they stand, ``golang`` asks the go
command once per platform, ``cgo`` says which C a package needs, ``graph`` joins all of it, ``clibs`` finds
who provides that C, ``bazel`` plans rules and merges them into the files, ``report`` tells people, ``write``
changes the disk. Beside that flow stands ``artifact``, which looks at machines, logs and built binaries.
"""

__version__ = "0.1.0"
