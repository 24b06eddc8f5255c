"""What each command does, one page each, as calls of stages in their order.

``options`` holds the choices of the command line, ``snapshot`` everything that is read before a command
decides anything. ``generate``, ``init``, ``modules`` and ``doctor`` are pages of commands, ``material``
is the page behind ``report``, ``why``, ``compare`` and ``matrix``. The others are steps that several
pages share. Stages take values and return values; only this package calls them. This file imports
nothing, so that each command loads what it needs and no more.
"""
