module example.com/ofb

go 1.21
