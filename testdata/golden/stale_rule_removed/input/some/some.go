package some
