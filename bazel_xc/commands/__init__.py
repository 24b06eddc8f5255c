"""One page per command, as calls of stages in their order.

``options`` has the choices of the command line, ``snapshot`` everything that is read before a command decides
anything. ``generate``, ``init``, ``modules`` and ``doctor`` are pages of commands; ``material`` is the page
behind ``report``, ``why``, ``compare`` and ``matrix``. ``site``, ``plan``, ``c_side``, ``foreign``,
``overrides``, ``go_deps`` and ``revisions`` are steps that pages share. Stages take values and return values;
only this package calls them. This file imports nothing, so that each command loads only the code it needs.
"""
