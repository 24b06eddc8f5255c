"""The BUILD language: what stands in the workspace's BUILD files today, and how text is laid out.

``syntax`` reads bytes losslessly, ``printer`` writes values as buildifier would, ``evaluate`` runs a
file in Starlark where reading is not enough, ``workspace`` finds and reads all of them once.
"""
