// Package counted counts letters, in C where it can. Its test asks for a function that only the C half has.
package counted
