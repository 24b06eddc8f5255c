package name_only
