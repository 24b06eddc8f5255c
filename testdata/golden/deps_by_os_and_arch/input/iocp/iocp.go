package iocp
