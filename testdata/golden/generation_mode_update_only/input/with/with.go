package with
