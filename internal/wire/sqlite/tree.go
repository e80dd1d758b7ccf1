package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Types of pages.
const (
	interior = 0x05
	leaf     = 0x0d
)

// walker visits one table's b-tree.
type walker struct {
	*DB
	seen []uint64 // a bit for each page
	each func(rowid int64, payload []byte) error
	long []byte // the payload that is spread over pages
}

var errTwice = errors.New("it is damaged: a page of it is used twice")

// walk calls each with every row of a table, in the order of rowids.
func (db *DB) walk(root int, each func(rowid int64, payload []byte) error) error {
	w := &walker{DB: db, seen: make([]uint64, len(db.data)/db.size/64+1), each: each}
	return w.page(root, 0)
}

// take is the bytes of a page that was not visited yet. The first page is number 1.
func (w *walker) take(n int) ([]byte, error) {
	if n < 1 || n > len(w.data)/w.size {
		return nil, fmt.Errorf("it is damaged: it names page %d, and there are %d", n, len(w.data)/w.size)
	}
	if w.seen[n/64]&(1<<(n%64)) != 0 {
		return nil, errTwice
	}
	w.seen[n/64] |= 1 << (n % 64)
	return w.data[(n-1)*w.size:][:w.usable], nil
}

func (w *walker) page(n, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it is damaged: its tree is deeper than %d", maxDepth)
	}
	page, err := w.take(n)
	if err != nil {
		return err
	}
	head := page
	if n == 1 {
		head = page[100:]
	}
	kind, cells, first := head[0], int(binary.BigEndian.Uint16(head[3:])), len(page)-len(head)
	switch kind {
	case interior:
		first += 12
	case leaf:
		first += 8
	default:
		return fmt.Errorf("page %d is none of a table with rowids, but of type %d", n, kind)
	}
	if first+2*cells > len(page) {
		return fmt.Errorf("it is damaged: page %d has %d cells", n, cells)
	}
	room := len(page) - first - 2*cells
	for i := range cells {
		used, err := w.cell(page, int(binary.BigEndian.Uint16(page[first+2*i:])), kind, depth)
		if err != nil {
			return err
		}
		if room -= used; room < 0 {
			return fmt.Errorf("it is damaged: cells of page %d overlap", n)
		}
	}
	if kind == interior {
		return w.page(int(binary.BigEndian.Uint32(head[8:])), depth+1)
	}
	return nil
}

// cell visits what is below one cell, and says how many bytes of the page it takes.
func (w *walker) cell(page []byte, at int, kind byte, depth int) (int, error) {
	if at+4 > len(page) {
		return 0, errCut
	}
	rest := page[at:]
	if kind == interior {
		_, n := varint(rest[4:])
		if n == 0 {
			return 0, errCut
		}
		return 4 + n, w.page(int(binary.BigEndian.Uint32(rest)), depth+1)
	}
	length, n := varint(rest)
	rowid, m := varint(rest[n:])
	if n == 0 || m == 0 {
		return 0, errCut
	}
	payload, used, err := w.payload(rest[n+m:], length)
	if err != nil {
		return 0, err
	}
	return n + m + used, w.each(int64(rowid), payload) //nolint:gosec // a rowid is these bits, with a sign
}

var errCut = errors.New("it is damaged: a row is cut off")

// payload is the bytes of a row, and how many of the page's they take: what does not fit into the page goes
// on in a list of pages.
func (w *walker) payload(rest []byte, length uint64) ([]byte, int, error) {
	if length > uint64(len(w.data)) {
		return nil, 0, errCut
	}
	total, local := int(length), int(length) //nolint:gosec // no longer than data
	if most := w.usable - 35; total > most {
		least := (w.usable-12)*32/255 - 23
		if local = least + (total-least)%(w.usable-4); local > most {
			local = least
		}
	}
	if local == total {
		if total > len(rest) {
			return nil, 0, errCut
		}
		return rest[:total], total, nil
	}
	if local+4 > len(rest) {
		return nil, 0, errCut
	}
	w.long = append(w.long[:0], rest[:local]...)
	next := int(binary.BigEndian.Uint32(rest[local:]))
	for len(w.long) < total {
		page, err := w.take(next)
		if err != nil {
			return nil, 0, err
		}
		next = int(binary.BigEndian.Uint32(page))
		w.long = append(w.long, page[4:][:min(len(page)-4, total-len(w.long))]...)
	}
	return w.long, local + 4, nil
}
