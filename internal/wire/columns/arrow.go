package columns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Limits of a table of Arrow.
const (
	maxFields = 10_000 // with those within others
	maxDepth  = 100    // of fields within others
)

// Types of Arrow that are read, by their numbers in Schema.fbs.
const (
	arrowNull, arrowInt, arrowFloat, arrowText, arrowBool, arrowLargeText, arrowView = 1, 2, 3, 5, 6, 20, 24
)

// arrowKinds are the buffers of a type, without those of its children: a view has more.
var arrowKinds = map[byte]int{
	arrowNull: 0, arrowInt: 2, arrowFloat: 2, arrowBool: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2, 15: 2, 18: 2, // decimals, dates, times, fixed bytes
	4: 3, arrowText: 3, 19: 3, arrowLargeText: 3, 12: 2, 17: 2, 21: 2, 13: 1, 16: 1, 22: 0, 23: 2, arrowView: 2, 25: 3, 26: 3,
}

var arrowFile, feather1 = []byte("ARROW1\x00\x00"), []byte("FEA1")

// startsArrow recognises Arrow's own files: a file or a stream of IPC, or Feather.
func startsArrow(data []byte) bool {
	return bytes.HasPrefix(data, arrowFile) || bytes.HasPrefix(data, feather1) ||
		len(data) >= 8 && binary.LittleEndian.Uint32(data) == 1<<32-1 && uint64(binary.LittleEndian.Uint32(data[4:])) < uint64(len(data))
}

// arrowTable is a file or a stream of Arrow that is read.
type arrowTable struct {
	columns []arrowColumn
	read    Table
	budget  int
	maxRows int
}

// arrowColumn is a column that is asked for: where its parts stand in each batch.
type arrowColumn struct {
	name                string
	kind                byte // of its values
	width               int  // of a number, in bytes
	unsigned            bool
	node, buffer, views int
	index               *arrowColumn // of a dictionary: what the numbers of its values are
	dictionary          int64
	words               []string
	known               bool
}

// arrowRows reads the named columns: flat columns of numbers, booleans and text, also as dictionaries.
func arrowRows(data []byte, names []string, maxRows int) (Table, error) {
	t := &arrowTable{read: newTable(), budget: maxUnpacked, maxRows: maxRows}
	switch {
	case bytes.HasPrefix(data, feather1):
		return t.read, errors.New("it is Feather of version 1, which is not read: write version 2, as pyarrow does by itself")
	case !bytes.HasPrefix(data, arrowFile):
	case !bytes.HasSuffix(data, arrowFile[:6]) || len(data) < 16:
		return t.read, errors.New("it is a file of Arrow without its end: was it written to the end?")
	default:
		data = data[len(arrowFile):]
	}
	for n := 0; ; n++ {
		head, body, rest, err := arrowMessage(data)
		if err != nil || head.buf == nil {
			if err == nil && n == 0 {
				err = errors.New("it holds no schema")
			}
			return t.read, err
		}
		if err := t.message(head, body, n, names); err != nil {
			return t.read, err
		}
		if head.buf.bad {
			return t.read, errFlat
		}
		data = rest
	}
}

// arrowMessage is the next message of a stream; its head has no buffer where the stream ends.
func arrowMessage(data []byte) (head flat, body, rest []byte, err error) {
	const cut = "it ends in the middle: was it written to the end?"
	if len(data) < 8 {
		return head, nil, nil, errors.New(cut)
	}
	size := uint64(binary.LittleEndian.Uint32(data[4:]))
	switch {
	case binary.LittleEndian.Uint32(data) != 1<<32-1:
		return head, nil, nil, errors.New("a message of it does not begin as one: it is damaged, or older than Arrow 0.15")
	case size == 0:
		return head, nil, nil, nil
	case size > uint64(len(data)-8):
		return head, nil, nil, errors.New(cut)
	}
	head, rest = flatRoot(data[8:8+size]), data[8+size:]
	length := head.long(3)
	if length < 0 || length > int64(len(rest)) {
		return head, nil, nil, errors.New(cut)
	}
	return head, rest[:length], rest[length:], nil
}

func (t *arrowTable) message(head flat, body []byte, n int, names []string) error {
	kind, of := head.byte(1), head.table(2)
	if version := head.short(); version != 3 && version != 4 {
		return fmt.Errorf("it is of version V%d of the format; V4 and V5 are read", version+1)
	}
	switch {
	case kind == 1 && n == 0:
		return t.schema(of, names)
	case n == 0 || kind != 2 && kind != 3:
		return fmt.Errorf("a message of kind %d stands where none may: it is damaged, or no table", kind)
	case kind == 2:
		return t.dictionary(of, body)
	}
	return t.batch(of, body)
}

// schema finds the named columns.
func (t *arrowTable) schema(of flat, names []string) error {
	if of.short() != 0 {
		return errors.New("its numbers are big-endian, which is not read")
	}
	l := &arrowLayout{}
	var all []string
	found := map[string]arrowColumn{}
	for _, f := range of.tables(1, maxFields) {
		name := f.text(0)
		if _, twice := found[name]; twice && slices.Contains(names, name) {
			return fmt.Errorf("it has two columns %q", name)
		}
		column, err := l.column(f)
		if err != nil {
			return err
		}
		column.name = name
		found[name], all = column, append(all, name)
	}
	for _, name := range names {
		c, is := found[name]
		switch {
		case !is:
			return &AbsentError{name, all}
		case c.width < 0:
			return fmt.Errorf("the column %q is no number, boolean or text as it stands (type %d of Arrow)", name, c.kind)
		}
		t.columns = append(t.columns, c)
	}
	return nil
}

// arrowLayout counts where the parts of fields stand in a batch.
type arrowLayout struct{ fields, nodes, buffers, views int }

func (l *arrowLayout) column(f flat) (arrowColumn, error) {
	c := arrowColumn{node: l.nodes, buffer: l.buffers, views: l.views}
	c.typed(f.byte(2), f.table(3))
	if dict := f.table(4); dict.at != 0 {
		index := &arrowColumn{kind: arrowInt, width: 4}
		if of := dict.table(1); of.at != 0 {
			index.typed(arrowInt, of)
		}
		c.index, c.dictionary = index, dict.long(0)
		l.fields, l.nodes, l.buffers = l.fields+1, l.nodes+1, l.buffers+2
		return c, l.full()
	}
	return c, l.add(f, 0)
}

func (l *arrowLayout) full() error {
	if l.fields > maxFields {
		return fmt.Errorf("it has more than %d fields", maxFields)
	}
	return nil
}

// add counts a field and those within it. A union has no bits of what is missing.
func (l *arrowLayout) add(f flat, depth int) error {
	kind := f.byte(2)
	buffers, known := arrowKinds[kind]
	switch {
	case kind == 14:
		buffers = 1 + int(f.table(3).short())
	case !known:
		return fmt.Errorf("the column %.60q has a type that is not known (%d)", f.text(0), kind)
	case f.table(4).at != 0:
		buffers = 2
	case kind == 23 || kind == arrowView:
		l.views++
	}
	if l.fields++; l.full() != nil || depth > maxDepth {
		return errors.Join(l.full(), errFlat)
	}
	l.nodes, l.buffers = l.nodes+1, l.buffers+buffers
	if f.table(4).at != 0 {
		return nil
	}
	for _, child := range f.tables(5, maxFields) {
		if err := l.add(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// typed says how a column's values stand in a buffer; a width below 0: they are not read.
func (c *arrowColumn) typed(kind byte, of flat) {
	c.kind, c.width = kind, -1
	switch kind {
	case arrowNull, arrowText, arrowLargeText, arrowView, arrowBool:
		c.width = 0
	case arrowInt:
		c.unsigned = of.byte(1) == 0
		if bits := of.int(0); slices.Contains([]int32{8, 16, 32, 64}, bits) {
			c.width = int(bits / 8)
		}
	case arrowFloat:
		c.width = map[int16]int{0: -1, 1: 4, 2: 8}[of.short()]
	}
}

// dictionary reads the values of a dictionary for the columns that use it.
func (t *arrowTable) dictionary(of flat, body []byte) error {
	for i := range t.columns {
		c := &t.columns[i]
		if c.index == nil || c.dictionary != of.long(0) {
			continue
		}
		values := arrowColumn{name: c.name, kind: c.kind, width: c.width, unsigned: c.unsigned}
		words, err := t.values(&values, arrowBatch{of.table(1), body})
		if err != nil {
			return fmt.Errorf("the dictionary of the column %q: %w", c.name, err)
		}
		if of.byte(2) != 0 { // it goes on with the one before
			words = append(c.words, words...)
		}
		if c.words, c.known = words, true; len(words) > t.maxRows {
			return tooMany(t.maxRows)
		}
	}
	return nil
}

// batch reads the next rows.
func (t *arrowTable) batch(of flat, body []byte) error {
	rows := of.long(0)
	if rows < 0 || rows > int64(t.maxRows-t.read.Rows) {
		return tooMany(t.maxRows)
	}
	for i := range t.columns {
		c := &t.columns[i]
		values, err := t.values(c, arrowBatch{of, body})
		if err == nil && int64(len(values)) != rows {
			err = errArrow
		}
		if err != nil {
			return fmt.Errorf("the column %q: %w", c.name, err)
		}
		t.read.Columns[c.name] = append(t.read.Columns[c.name], values...)
	}
	t.read.Rows += int(rows)
	return nil
}
