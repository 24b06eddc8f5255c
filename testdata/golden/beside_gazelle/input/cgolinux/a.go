package cgolinux
