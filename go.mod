module guild

go 1.26.0
