// Package helper has helpers.
package helper
