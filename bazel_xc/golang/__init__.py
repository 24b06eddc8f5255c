"""What Go says: the toolchain, its listings per platform, constraints, modules and folded packages."""
