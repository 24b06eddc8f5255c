package greeting_test

import (
	"os"
	"strings"
	"testing"

	"example.com/greet/greeting"
)

func TestHelloNamesEveryone(t *testing.T) {
	names, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(names)) {
		if got := greeting.Hello(name); !strings.HasPrefix(got, "Hello, "+name+", from ") {
			t.Errorf("Hello(%q) = %q", name, got)
		}
	}
}
