module webserver

go 1.25
