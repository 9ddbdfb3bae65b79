// A server in Go of the kind of samples/MiniRedis, for the figure beside it: the same protocol and way of working (a goroutine a
// connection, commands one at a time under a lock, replies flushed when nothing more has come), for strings, expiry and lists.
//
//	go build -o go-redis . && ./go-redis 127.0.0.1:7403
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxArguments = 1 << 20
	maxBulk      = 512 << 20
	wrongType    = "WRONGTYPE Operation against a key holding the wrong kind of value"
	notANumber   = "ERR value is not an integer or out of range"
)

var leastArguments = map[string]int{
	"GET": 2, "SET": 3, "INCR": 2, "DEL": 2, "EXISTS": 2, "EXPIRE": 3, "TTL": 2, "LPUSH": 3, "RPUSH": 3, "LPOP": 2, "RPOP": 2, "LLEN": 2, "LRANGE": 4,
}

// entry is a string or, if list is not nil, a list. expires is zero for an entry that stays.
type entry struct {
	value   []byte
	list    *list
	expires time.Time
}

type database struct {
	mu      sync.Mutex
	entries map[string]*entry
}

func main() {
	address := "127.0.0.1:6379"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	db := &database{entries: map[string]*entry{}}
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn, db)
	}
}

func serve(conn net.Conn, db *database) {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 16<<10)
	out := &replies{bufio.NewWriterSize(conn, 16<<10)}
	var arguments [][]byte
	for {
		var err error
		arguments, err = read(in, arguments[:0])
		if err != nil {
			if !errors.Is(err, io.EOF) {
				out.error("ERR Protocol error: " + err.Error())
				out.Flush()
			}
			return
		}
		if len(arguments) == 0 {
			continue
		}
		db.mu.Lock()
		db.run(arguments, out)
		db.mu.Unlock()
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

// read takes a command: an array of bulk strings, or words on one line.
func read(in *bufio.Reader, arguments [][]byte) ([][]byte, error) {
	line, err := readLine(in)
	if err != nil || len(line) == 0 {
		return arguments, err
	}
	if line[0] != '*' {
		return append(arguments, bytes.Fields(bytes.Clone(line))...), nil
	}
	count, err := strconv.Atoi(string(line[1:]))
	if err != nil || count > maxArguments {
		return nil, errors.New("invalid multibulk length")
	}
	for range count {
		line, err = readLine(in)
		if err != nil {
			return nil, err
		}
		if len(line) == 0 || line[0] != '$' {
			return nil, errors.New("expected '$'")
		}
		length, err := strconv.Atoi(string(line[1:]))
		if err != nil || length < 0 || length > maxBulk {
			return nil, errors.New("invalid bulk length")
		}
		bulk := make([]byte, length+2)
		if _, err = io.ReadFull(in, bulk); err != nil {
			return nil, io.EOF
		}
		arguments = append(arguments, bulk[:length])
	}
	return arguments, nil
}

func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// find returns the live entry of a key, or nil.
func (db *database) find(key []byte) *entry {
	e := db.entries[string(key)]
	if e != nil && !e.expires.IsZero() && !time.Now().Before(e.expires) {
		delete(db.entries, string(key))
		return nil
	}
	return e
}

func (db *database) run(arguments [][]byte, out *replies) {
	name := strings.ToUpper(string(arguments[0]))
	if least, known := leastArguments[name]; known && len(arguments) < least {
		out.error("ERR wrong number of arguments for '" + strings.ToLower(name) + "' command")
		return
	}
	switch name {
	case "PING":
		out.simple("PONG")
	case "CONFIG", "COMMAND":
		out.array(0)
	case "DBSIZE":
		out.integer(int64(len(db.entries)))
	case "FLUSHALL":
		clear(db.entries)
		out.simple("OK")
	case "GET":
		switch e := db.find(arguments[1]); {
		case e == nil:
			out.null()
		case e.list != nil:
			out.error(wrongType)
		default:
			out.bulk(e.value)
		}
	case "SET":
		db.set(arguments, out)
	case "INCR":
		db.increment(arguments[1], out)
	case "DEL", "EXISTS":
		n := int64(0)
		for _, key := range arguments[1:] {
			if db.find(key) != nil {
				n++
				if name == "DEL" {
					delete(db.entries, string(key))
				}
			}
		}
		out.integer(n)
	case "EXPIRE":
		seconds, err := strconv.ParseInt(string(arguments[2]), 10, 64)
		e := db.find(arguments[1])
		switch {
		case err != nil:
			out.error(notANumber)
		case e == nil:
			out.integer(0)
		default:
			e.expires = time.Now().Add(time.Duration(seconds) * time.Second)
			out.integer(1)
		}
	case "TTL":
		switch e := db.find(arguments[1]); {
		case e == nil:
			out.integer(-2)
		case e.expires.IsZero():
			out.integer(-1)
		default:
			out.integer(int64((time.Until(e.expires) + time.Second/2) / time.Second))
		}
	case "LPUSH", "RPUSH":
		e := db.find(arguments[1])
		if e == nil {
			e = &entry{list: &list{}}
			db.entries[string(arguments[1])] = e
		}
		if e.list == nil {
			out.error(wrongType)
			return
		}
		for _, value := range arguments[2:] {
			e.list.push(value, name == "LPUSH")
		}
		out.integer(int64(e.list.count))
	case "LPOP", "RPOP":
		e := db.find(arguments[1])
		switch {
		case e == nil:
			out.null()
		case e.list == nil:
			out.error(wrongType)
		default:
			out.bulk(e.list.pop(name == "LPOP"))
			if e.list.count == 0 {
				delete(db.entries, string(arguments[1]))
			}
		}
	case "LLEN", "LRANGE":
		e := db.find(arguments[1])
		if e != nil && e.list == nil {
			out.error(wrongType)
			return
		}
		items := &list{}
		if e != nil {
			items = e.list
		}
		if name == "LLEN" {
			out.integer(int64(items.count))
			return
		}
		first, err1 := strconv.Atoi(string(arguments[2]))
		last, err2 := strconv.Atoi(string(arguments[3]))
		if err1 != nil || err2 != nil {
			out.error(notANumber)
			return
		}
		if first < 0 {
			first = max(0, first+items.count)
		}
		if last < 0 {
			last += items.count
		}
		last = min(last, items.count-1)
		out.array(max(0, last-first+1))
		for i := first; i <= last; i++ {
			out.bulk(items.at(i))
		}
	default:
		out.error("ERR unknown command '" + string(arguments[0]) + "'")
	}
}

func (db *database) set(arguments [][]byte, out *replies) {
	e := &entry{value: arguments[2]}
	for i := 3; i < len(arguments); i++ {
		option := strings.ToUpper(string(arguments[i]))
		switch {
		case option == "NX" && db.find(arguments[1]) != nil, option == "XX" && db.find(arguments[1]) == nil:
			out.null()
			return
		case option == "NX", option == "XX":
		case (option == "EX" || option == "PX") && i+1 < len(arguments):
			i++
			n, err := strconv.ParseInt(string(arguments[i]), 10, 64)
			if err != nil {
				out.error(notANumber)
				return
			}
			unit := time.Second
			if option == "PX" {
				unit = time.Millisecond
			}
			e.expires = time.Now().Add(time.Duration(n) * unit)
		default:
			out.error("ERR syntax error")
			return
		}
	}
	db.entries[string(arguments[1])] = e
	out.simple("OK")
}

func (db *database) increment(key []byte, out *replies) {
	e := db.find(key)
	if e == nil {
		e = &entry{value: []byte("0")}
		db.entries[string(key)] = e
	}
	if e.list != nil {
		out.error(wrongType)
		return
	}
	n, err := strconv.ParseInt(string(e.value), 10, 64)
	if err != nil || n == 1<<63-1 {
		out.error(notANumber)
		return
	}
	e.value = strconv.AppendInt(e.value[:0], n+1, 10)
	out.integer(n + 1)
}

// list is a ring that grows.
type list struct {
	items [][]byte
	first int
	count int
}

func (l *list) at(i int) []byte { return l.items[(l.first+i)%len(l.items)] }

func (l *list) push(value []byte, front bool) {
	if l.count == len(l.items) {
		items := make([][]byte, max(8, 2*l.count))
		for i := range l.count {
			items[i] = l.at(i)
		}
		l.items, l.first = items, 0
	}
	if front {
		l.first = (l.first + len(l.items) - 1) % len(l.items)
		l.items[l.first] = value
	} else {
		l.items[(l.first+l.count)%len(l.items)] = value
	}
	l.count++
}

func (l *list) pop(front bool) []byte {
	i := l.first
	if front {
		l.first = (l.first + 1) % len(l.items)
	} else {
		i = (l.first + l.count - 1) % len(l.items)
	}
	l.count--
	value := l.items[i]
	l.items[i] = nil
	return value
}

type replies struct{ *bufio.Writer }

func (r *replies) simple(text string) { r.WriteByte('+'); r.WriteString(text); r.WriteString("\r\n") }
func (r *replies) error(text string)  { r.WriteByte('-'); r.WriteString(text); r.WriteString("\r\n") }
func (r *replies) null()              { r.WriteString("$-1\r\n") }
func (r *replies) integer(n int64)    { r.number(':', n) }
func (r *replies) array(n int)        { r.number('*', int64(n)) }

func (r *replies) bulk(value []byte) {
	r.number('$', int64(len(value)))
	r.Write(value)
	r.WriteString("\r\n")
}

func (r *replies) number(kind byte, n int64) {
	r.WriteByte(kind)
	r.Write(strconv.AppendInt(r.AvailableBuffer(), n, 10))
	r.WriteString("\r\n")
}
