"""The dependency graph: packages, modules, C needs and targets, with platforms on every edge.

The only stage that uses networkx. ``dependency`` has the graph and its words, ``build`` makes it, ``absence``
says where packages cannot be built, ``ways`` how a target comes to need C.
"""
