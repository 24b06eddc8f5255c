package always
