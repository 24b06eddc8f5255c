package cel
