package integration

import (
	"testing"

	"example.com/repo/server"
)

func TestServer(t *testing.T) { server.Start() }
