// Package words is Go and nothing else.
package words

import "strings"

// Count is the number of words in a text.
func Count(text string) int { return len(strings.Fields(text)) }
