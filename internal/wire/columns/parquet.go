package columns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Physical types of Parquet.
const (
	pqBool, pqInt32, pqInt64, pqFloat, pqDouble, pqBytes = 0, 1, 2, 4, 5, 6
)

// startsParquet recognises a Parquet file.
func startsParquet(data []byte) bool { return bytes.HasPrefix(data, []byte("PAR1")) }

// parquetFile is a Parquet file that is read: parquet.thrift.
type parquetFile struct {
	data    []byte
	budget  int
	maxRows int
}

// parquetRows reads the named columns of a Parquet file: flat columns of numbers, booleans and text.
func parquetRows(data []byte, names []string, maxRows int) (Table, error) {
	c := newTable()
	if len(data) < 12 || !bytes.HasSuffix(data, []byte("PAR1")) {
		return c, errors.New("it is a Parquet file without its end: was it written to the end?")
	}
	size := uint64(binary.LittleEndian.Uint32(data[len(data)-8:]))
	if size > uint64(len(data)-12) {
		return c, errors.New("its description is longer than the file: it is damaged")
	}
	foot := &thrift{rest: data[len(data)-8-int(size) : len(data)-8]} //nolint:gosec // not longer than the file
	meta, err := foot.message(0)
	if err != nil {
		return c, err
	}
	p := &parquetFile{data: data, budget: maxUnpacked, maxRows: maxRows}
	columns, err := parquetColumns(meta.list(2), names)
	if err != nil {
		return c, err
	}
	for _, g := range meta.list(4) {
		group, _ := g.(thriftFields)
		if err := p.group(&c, group, columns); err != nil {
			return c, err
		}
	}
	if int64(c.Rows) != meta.whole(3) {
		return c, fmt.Errorf("it has %d rows and says that there are %d: it is damaged", c.Rows, meta.whole(3))
	}
	return c, nil
}

// pqColumn is a column that is asked for.
type pqColumn struct {
	name     string
	at       int // among the leaves
	kind     int64
	optional bool
	scaled   string // a type whose numbers do not stand as they are: dates, decimals
}

// parquetColumns finds the named columns in the schema, which is a tree in depth-first order.
func parquetColumns(schema []any, names []string) ([]pqColumn, error) {
	var all []string
	found := map[string]pqColumn{}
	leaf := 0
	for i := 1; i < len(schema); i++ {
		e, _ := schema[i].(thriftFields)
		name := e.text(4)
		if n := e.whole(5); n > 0 || e.whole(3) == 2 { // children, or repeated
			if slices.Contains(names, name) {
				return nil, fmt.Errorf("the column %q is nested: write its values to columns of their own", name)
			}
			below, leaves := schemaBelow(schema, i)
			leaf, i = leaf+leaves, below
			continue
		}
		c := pqColumn{name: name, at: leaf, kind: e.whole(1), optional: e.whole(3) == 1, scaled: scaledType(e)}
		if _, twice := found[name]; twice && slices.Contains(names, name) {
			return nil, fmt.Errorf("it has two columns %q", name)
		}
		found[name], all = c, append(all, name)
		leaf++
	}
	var out []pqColumn
	for _, name := range names {
		c, is := found[name]
		switch {
		case !is:
			return nil, &AbsentError{name, all}
		case !slices.Contains([]int64{pqBool, pqInt32, pqInt64, pqFloat, pqDouble, pqBytes}, c.kind) || c.scaled != "":
			return nil, fmt.Errorf("the column %q is no number, boolean or text%s", name, c.scaled)
		}
		out = append(out, c)
	}
	return out, nil
}

// schemaBelow is the last element below one, and how many leaves there are.
func schemaBelow(schema []any, i int) (last, leaves int) {
	for todo := int64(1); todo > 0 && i < len(schema); i++ {
		e, _ := schema[i].(thriftFields)
		n := max(e.whole(5), 0)
		if n == 0 {
			leaves++
		}
		todo += min(n, int64(len(schema))) - 1
	}
	return i - 1, leaves
}

// scaledType names a logical type that is more than its physical one. Text, enumerations, JSON and signed
// whole numbers are what they look like.
func scaledType(e thriftFields) string {
	if _, is := e[6]; is {
		if plain := []int64{0, 4, 15, 16, 17, 18, 19}; !slices.Contains(plain, e.whole(6)) {
			return fmt.Sprintf(" as it stands (converted type %d)", e.whole(6))
		}
	}
	for n := range e.message(10) {
		switch n {
		case 1, 4, 11, 12, 14:
		case 10:
			if signed, _ := e.message(10).message(10)[2].(bool); signed {
				continue
			}
			return " as it stands (an unsigned number)"
		default:
			return " as it stands (a date, a time, a decimal or another logical type)"
		}
	}
	return ""
}

// group reads the columns of a row group.
func (p *parquetFile) group(c *Table, group thriftFields, columns []pqColumn) error {
	chunks, rows := group.list(1), group.whole(3)
	if rows < 0 || rows > int64(p.maxRows-c.Rows) {
		return tooMany(p.maxRows)
	}
	for _, col := range columns {
		if col.at >= len(chunks) {
			return errors.New("a column is missing in a group of rows: it is damaged")
		}
		chunk, _ := chunks[col.at].(thriftFields)
		if chunk.text(1) != "" {
			return fmt.Errorf("the column %q lies in another file", col.name)
		}
		values, err := p.chunk(chunk.message(3), col, int(rows))
		if err != nil {
			return fmt.Errorf("the column %q: %w", col.name, err)
		}
		c.Columns[col.name] = append(c.Columns[col.name], values...)
	}
	c.Rows += int(rows)
	return nil
}

// pqText is the text of a fixed-width value.
func pqText(kind int64, raw []byte) string {
	switch kind {
	case pqInt32:
		return strconv.FormatInt(int64(int32(binary.LittleEndian.Uint32(raw))), 10) //nolint:gosec // as Parquet says
	case pqInt64:
		return strconv.FormatInt(int64(binary.LittleEndian.Uint64(raw)), 10) //nolint:gosec // as Parquet says
	case pqFloat:
		return strconv.FormatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))), 'g', -1, 64)
	}
	return strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(raw)), 'g', -1, 64)
}
