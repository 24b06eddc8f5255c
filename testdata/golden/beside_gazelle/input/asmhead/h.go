package asmhead
