package posix

func Do() {}
