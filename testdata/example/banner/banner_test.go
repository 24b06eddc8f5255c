package banner_test

import (
	"testing"

	"example.com/greet/banner"
)

func TestText(t *testing.T) {
	title, count, err := banner.Text()
	if err != nil || title != "* greet *" || count != 2 {
		t.Errorf("Text() = %q, %d, %v", title, count, err)
	}
}
