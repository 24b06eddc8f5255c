package ofa
