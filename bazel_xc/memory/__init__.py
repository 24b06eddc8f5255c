"""Results that are kept between runs, in the user's cache directory.

``store`` keeps bytes under names, ``watch`` compares files with the state in which an earlier run saw them,
and ``replay`` joins both: the output of a command whose inputs are all unchanged. Nothing here knows the
meaning of what it keeps, and no run needs it to be correct. These modules start before everything else and
often run alone, so they import next to nothing and have no classes of attrs.
"""
