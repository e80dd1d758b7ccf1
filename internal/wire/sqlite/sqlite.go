// Package sqlite reads the rows of tables from the bytes of an SQLite database. It runs no SQL: it walks table
// b-trees, and nothing else. Views, triggers, indexes and what SQL a schema holds beside the columns of its
// tables are not looked at. It knows nothing of models.
//
// A database may be hostile. Every page is visited at most once for a table, the cells of a page may not
// overlap, and no more is allocated than the file has bytes: time and memory are linear in its size.
//
// Source of the format: https://www.sqlite.org/fileformat2.html.
package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// magic begins every database.
const magic = "SQLite format 3\x00"

// Limits of one database.
const (
	maxDepth  = 40     // of a b-tree
	maxTables = 10_000 // of a schema
)

// ErrNoTable: the database has no such table.
var ErrNoTable = errors.New("no such table")

// Starts reports whether data begins as a database does.
func Starts(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// DB is one database, as its bytes are. A rollback journal or a write-ahead log beside it is not looked at: it
// is for the caller to see that there is none.
type DB struct {
	data   []byte
	size   int // of a page, in bytes
	usable int // of it, without what extensions reserve
	tables map[string]table
}

// table is where the rows of a table begin, and what its columns are called.
type table struct {
	root int
	sql  string
}

// Open reads the header and the schema. Text in UTF-16, and a file that is shorter than its header says, are
// errors.
func Open(data []byte) (*DB, error) {
	if !Starts(data) || len(data) < 100 {
		return nil, errors.New("it is no SQLite database")
	}
	db := &DB{data: data, size: int(binary.BigEndian.Uint16(data[16:])), tables: map[string]table{}}
	if db.size == 1 {
		db.size = 65536
	}
	db.usable = db.size - int(data[20])
	pages := int64(binary.BigEndian.Uint32(data[28:]))
	switch encoding := binary.BigEndian.Uint32(data[56:]); {
	case db.size < 512 || db.size&(db.size-1) != 0 || db.usable < 480:
		return nil, fmt.Errorf("its pages have %d bytes, %d of them in use: no database has that", db.size, db.usable)
	case binary.BigEndian.Uint32(data[24:]) == binary.BigEndian.Uint32(data[92:]) && pages*int64(db.size) > int64(len(data)):
		return nil, fmt.Errorf("it is cut off: it has %d bytes, and by its header %d pages of %d", len(data), pages, db.size)
	case encoding > 1:
		return nil, errors.New("its text is in UTF-16; UTF-8 is read")
	}
	if err := db.schema(); err != nil {
		return nil, fmt.Errorf("its schema: %w", err)
	}
	return db, nil
}

// schema reads sqlite_schema, the table on the first page: type, name, tbl_name, rootpage, sql.
func (db *DB) schema() error {
	return db.walk(1, func(_ int64, payload []byte) error {
		row, err := decode(payload, []int{0, 1, 3, 4})
		if err != nil {
			return err
		}
		if row[0].Text() != "table" {
			return nil
		}
		if len(db.tables) >= maxTables {
			return fmt.Errorf("more than %d tables", maxTables)
		}
		name := lower(row[1].Text())
		if _, twice := db.tables[name]; twice {
			return fmt.Errorf("two tables are called %.60q", name)
		}
		root, _ := row[2].Int()
		db.tables[name] = table{root: int(root), sql: row[3].Text()}
		return nil
	})
}

// Rows calls each with the named columns of every row of a table, by rowid. The values are good until each
// returns. ErrNoTable: there is no such table. A column that the table does not have is an error.
func (db *DB) Rows(name string, columns []string, each func(row []Value) error) error {
	t, ok := db.tables[lower(name)]
	if !ok {
		return fmt.Errorf("%w: %q", ErrNoTable, name)
	}
	have, err := parseTable(t.sql)
	if err != nil {
		return fmt.Errorf("the columns of the table %q: %w", name, err)
	}
	var at []int
	for _, c := range columns {
		i, ok := have.find(c)
		if !ok {
			return fmt.Errorf("the table %q has no column %q", name, c)
		}
		at = append(at, i)
	}
	err = db.walk(t.root, func(rowid int64, payload []byte) error {
		row, err := decode(payload, at)
		if err != nil {
			return err
		}
		for i, column := range at {
			if column == have.rowid {
				row[i] = Value{kind: whole, bits: uint64(rowid)} //nolint:gosec // the same bits
			}
		}
		return each(row)
	})
	if err != nil {
		return fmt.Errorf("the table %q: %w", name, err)
	}
	return nil
}
