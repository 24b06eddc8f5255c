"""bazel-xc: BUILD files, platforms and cgo reports for Go that is cross-compiled under Bazel.

Data flows one way::

    Tree -> Snapshot -> Site -> Solved -> plan -> merge -> write
            |                   |
            | Config            | C needs, providers
            | Workspace         | Absence
            | Universe          |
            |                   v
            +-----------------> graph -> report, why, compare, matrix

``Tree`` reads every file. A ``Snapshot`` has all facts that a command decides by: the configuration, the
BUILD files with their rules (``Workspace``, ``ExistingRule``), and the Go packages on every configured
platform (``Universe``). A ``Site`` is one tree to plan: the workspace, or a third-party module. ``Solved`` is
its C: the needs of its packages, the labels that provide them, and the platforms on which packages cannot be
built (``Absence``). Rules are planned per directory and merged into the text of existing BUILD files; only
``write`` changes the disk. Reports come from a dependency graph of the same facts. A fact is yes, no or
unknown, and an unknown fact never removes anything.

Start with ``commands/generate.py``: one page, one call per stage, in order. Rooms import downward only, in
this order (the contract is in pyproject.toml):

    cli         options, output and exit codes: one module per command; only this room prints
    commands    one page per command, ``generate`` first; shared stages in order: ``snapshot``, ``site``,
                ``c_side``, ``plan``; third-party modules: ``foreign``, ``overrides``, ``go_deps``; what a
                later run may use: ``inputs``, ``kept_plan``, ``replan``
    memory      results of earlier runs, and the state of the files that they depend on
    write       atomic changes of files; ``scratch`` is its temporary folder, ``signals`` lets it finish
    bazel       the rules wanted in a directory, their attributes, and the merge into existing text
    report      one model of a report, one renderer per format
    clibs       the providers of C needs: configuration, directives, cc rules, systems, a table of libraries
    graph       ``imports``: where packages cannot be built; ``dependency`` and ``ways``: why a target needs C
    cgo         the C needs of packages: ``#cgo`` flags, inclusions, libraries of the tree
    artifact    binaries, build logs and the tools of this machine
    golang      the go command, listings per platform, sources, constraints, modules; ``folding`` makes one
                ``GoPackage`` of each directory, ``loading`` the ``Universe`` of all, ``unloaded`` reports the
                packages that go could not load; ``derived`` and ``asking``: listings that go is not asked for
    buildfile   the BUILD language, the files of the workspace, their rules and declarations
    config      bazel_xc.toml
    tree        reads files and directories, on disk or in memory
    machine     the processor that an object file is for
    linear      regular expressions that need linear time; beside it ``diff``, changes as a unified diff, and
                ``parallel``, work that forked processes share
    model       values of all rooms: ``Platform``, ``Label``, ``ByPlatform``, ``Diagnostic``, ``FileChange``
    ...         beside ``model``: ``json_values`` (saved JSON), ``tables`` (``data/``), ``versions`` (numbers)
    errors      the exceptions that end a run
"""

__version__ = "0.1.0"
HOME = "https://github.com/bazel-xc/bazel-xc"
"""The page of the project, for reports that name their tool."""
