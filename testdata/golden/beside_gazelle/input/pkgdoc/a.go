package pkgdoc
