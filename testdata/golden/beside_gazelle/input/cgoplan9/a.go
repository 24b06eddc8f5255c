package cgoplan9
