package forked
