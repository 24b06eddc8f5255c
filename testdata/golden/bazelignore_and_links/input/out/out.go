package out
