//go:build aix && ppc64

package cgoplan9

import "C"
