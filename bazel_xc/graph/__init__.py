"""The dependency graph: packages, modules, C needs and targets, with platforms on every edge.

``imports`` answers where packages cannot be built, with plain tables. ``dependency`` is the graph of reports
and its vocabulary. ``ways`` finds how a target comes to need C; it is the only module that uses networkx.
"""
