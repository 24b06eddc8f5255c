package sysinfo

import "testing"

func TestMachine(t *testing.T) {
	machine, err := Machine()
	if err != nil {
		t.Fatal(err)
	}
	if machine == "" {
		t.Error("a machine without a name")
	}
}
