"""The BUILD language: the workspace's BUILD files as they are, and the layout of text.

``parser`` reads bytes losslessly into the values of ``syntax``, ``printer`` writes values as buildifier
would, ``rules`` has the rules of today, ``evaluate`` runs a file in Starlark if reading is not enough, and
``workspace`` finds and reads all files once.
"""
