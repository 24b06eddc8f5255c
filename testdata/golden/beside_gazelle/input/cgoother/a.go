package cgoother
