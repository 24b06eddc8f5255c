module example.com/b

go 1.21

require example.com/ofb v1.0.0
