module miniredis

go 1.27
