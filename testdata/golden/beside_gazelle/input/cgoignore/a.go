package cgoignore
