def checked_cc_library(**kwargs):
    native.cc_library(**kwargs)
