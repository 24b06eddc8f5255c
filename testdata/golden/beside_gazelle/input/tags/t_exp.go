//go:build goexperiment.x

package tags
