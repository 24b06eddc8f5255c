"""The stages in order: read the workspace, ask go, look at C, find providers, join, plan, merge.

Comes in: the workspace root, the configuration and a few choices of the command line. Goes out: a ``Reading``
(everything known of the workspace), and from it the file changes of ``generate`` or the material of reports.
Only this package calls stages; each stage takes values and gives values. ``reading`` is what every command
begins with, ``solving`` is about C, ``rules`` plans what stands in BUILD files, ``planning`` ends in files,
``joining`` in graphs; ``third_party`` does for modules of other people what these do for the workspace, and
``modules`` tells Bazel of all modules. Nothing is imported here, so that each command loads what it needs.
"""
