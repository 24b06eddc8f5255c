module example.com/a

go 1.21

require example.com/direct v1.2.3
