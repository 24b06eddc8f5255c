MORE = ["two"]
