#error wrong one
