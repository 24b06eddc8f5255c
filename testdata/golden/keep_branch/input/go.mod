module e

go 1.21
