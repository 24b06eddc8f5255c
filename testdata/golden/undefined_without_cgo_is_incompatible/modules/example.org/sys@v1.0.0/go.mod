module example.org/sys

go 1.21
