package main

import (
	"fmt"
	"slices"
	"sync"
)

var links = map[string][]string{
	"/":        {"/guide", "/api"},
	"/guide":   {"/", "/api", "/missing"},
	"/api":     {"/", "/api/chan"},
	"/api/chan": {"/api"},
}

type crawler struct {
	mu    sync.Mutex
	seen  map[string]bool
	group sync.WaitGroup
}

func (c *crawler) crawl(page string) {
	c.mu.Lock()
	known := c.seen[page]
	c.seen[page] = true
	c.mu.Unlock()
	if known {
		return
	}
	for _, link := range links[page] {
		c.group.Go(func() { c.crawl(link) })
	}
}

func main() {
	c := crawler{seen: map[string]bool{}}
	c.crawl("/")
	c.group.Wait()

	var pages []string
	for page := range c.seen {
		pages = append(pages, page)
	}
	slices.Sort(pages)
	for _, page := range pages {
		_, found := links[page]
		fmt.Println(page, found)
	}
}
