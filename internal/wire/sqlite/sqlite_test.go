package sqlite

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func made(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/made.db")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// say writes a value as the script that made the database does.
func say(v Value) string {
	switch v.kind {
	case null:
		return "null"
	case whole:
		n, _ := v.Int()
		return fmt.Sprintf("int %d", n)
	case float:
		f, _ := v.Float()
		text := fmt.Sprint(f)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return "float " + text
	case text:
		return "str " + v.Text()
	}
	return "blob " + hex.EncodeToString(v.bytes)
}

func rows(db *DB, name string, columns []string) ([][]string, error) {
	out := [][]string{}
	err := db.Rows(name, columns, func(row []Value) error {
		var said []string
		for _, v := range row {
			said = append(said, say(v))
		}
		out = append(out, said)
		return nil
	})
	return out, err
}

// What is read of each table is what SQLite itself reads of it: whole numbers of every length, texts that go on
// on other pages, a tree of several levels, rows that were deleted, a column that came later.
func TestAgreesWithSQLite(t *testing.T) {
	t.Parallel()
	db, err := Open(made(t))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/made.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][][]string
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	columns := map[string][]string{"wide": {"ID", `the "key"`, "n", "x", "data", "late"}, "second": {"a", "b"}, "none": {"a"}}
	for name, all := range want {
		got, err := rows(db, name, columns[name])
		for _, row := range got {
			if whole, is := strings.CutPrefix(row[min(3, len(row)-1)], "int "); is && name == "wide" {
				row[3] = "float " + whole + ".0" // of a column of floats SQLite keeps whole numbers as such
			}
		}
		if err != nil || !reflect.DeepEqual(got, all) {
			t.Errorf("%s: %v; got %d rows, want %d", name, err, len(got), len(all))
		}
	}
	if got, err := rows(db, "wide", []string{"late", "id"}); err != nil || got[len(got)-1][0] != "int 9" || got[len(got)-1][1] != "int 5000" {
		t.Errorf("in another order: %v, %v", got[len(got)-1], err)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	db, err := Open(made(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"keyed": "without rowids", "computed": "a column is computed", "endless": "no such table", "absent": "no such table", "second": `no column "id"`,
	} {
		_, err := rows(db, name, []string{"id"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rows(db, "absent", nil); !errors.Is(err, ErrNoTable) {
		t.Error(err)
	}
	stop := errors.New("stop")
	if err := db.Rows("wide", []string{"id"}, func([]Value) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("not stopped: %v", err)
	}
}

// change makes a database in which something is otherwise.
func change(t testing.TB, do func([]byte) []byte) []byte {
	t.Helper()
	return do(slices.Clone(made(t)))
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":           {nil, "no SQLite database"},
		"header alone":    {made(t)[:50], "no SQLite database"},
		"cut off":         {made(t)[:len(made(t))-1], "cut off"},
		"UTF-16":          {change(t, func(d []byte) []byte { d[59] = 2; return d }), "UTF-16"},
		"no page size":    {change(t, func(d []byte) []byte { d[16], d[17] = 0, 3; return d }), "no database has that"},
		"all reserved":    {change(t, func(d []byte) []byte { d[20] = 255; return d }), "no database has that"},
		"no tree":         {change(t, func(d []byte) []byte { d[100] = 0x0a; return d }), "of type 10"},
		"too many cells":  {change(t, func(d []byte) []byte { d[103] = 0xff; return d }), "cells"},
		"itself below it": {change(t, func(d []byte) []byte { d[108], d[109], d[110], d[111] = 0, 0, 0, 1; return d }), "used twice"},
		"a page too far":  {change(t, func(d []byte) []byte { d[108] = 0x7f; return d }), "names page"},
	} {
		_, err := Open(c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One cell that a page lists again and again would be read as often: the cells of a page do not overlap.
func TestOverlap(t *testing.T) {
	t.Parallel()
	page := make([]byte, 4096)
	copy(page, magic)
	page[16], page[100] = 0x10, leaf
	cells := 1900
	page[103], page[104] = byte(cells>>8), byte(cells)
	at := 4096 - 34
	for i := range cells {
		page[108+2*i], page[109+2*i] = byte(at>>8), byte(at)
	}
	copy(page[at:], []byte{30, 1, 6})
	_, err := Open(page)
	if err == nil || !strings.Contains(err.Error(), "overlap") {
		t.Error(err)
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		`CREATE TABLE t (a INTEGER PRIMARY KEY, b)`:                          "[a b] 0",
		`create table "t,(" ("a" integer, b, primary key("a"))`:              "[a b] 0",
		`CREATE TABLE t (a INT PRIMARY KEY)`:                                 "[a] -1",
		`CREATE TABLE t (a INTEGER PRIMARY KEY DESC)`:                        "[a] -1",
		`CREATE TABLE t (a INTEGER, b TEXT, PRIMARY KEY (a, b))`:             "[a b] -1",
		`CREATE TABLE t (key VARCHAR(250) NOT NULL, "check" DECIMAL(10, 5))`: "[key check] -1",
		`CREATE TABLE t AS SELECT 1`:                                         errCreate.Error(),
		`CREATE TABLE t (a`:                                                  errCreate.Error(),
		`CREATE TABLE t (a,,b)`:                                              errCreate.Error(),
		`CREATE TABLE t ("a`:                                                 errCreate.Error(),
		``:                                                                   errCreate.Error(),
	} {
		c, err := parseTable(sql)
		got := fmt.Sprint(c.names, c.rowid)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

func FuzzOpen(f *testing.F) {
	data := made(f)
	f.Add(data[:4096])
	for _, at := range []int{100, 512, 600, 1024, 1100} {
		f.Add(change(f, func(d []byte) []byte { d[at] ^= 0xff; return d })[:8192])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		db, err := Open(data)
		if err != nil {
			return
		}
		for name, table := range db.tables {
			c, err := parseTable(table.sql)
			if err != nil {
				continue
			}
			n := 0
			if err := db.Rows(name, c.names, func([]Value) error { n++; return nil }); err == nil && n > len(data) {
				t.Errorf("%d rows in %d bytes", n, len(data))
			}
		}
	})
}

func FuzzColumns(f *testing.F) {
	f.Add("CREATE TABLE t (a INTEGER PRIMARY KEY, `b` DEFAULT 'x, ''y', CHECK (a > (1)))")
	f.Fuzz(func(t *testing.T, sql string) {
		if c, err := parseTable(sql); err == nil && (len(c.names) == 0 || c.rowid >= len(c.names)) {
			t.Error("neither columns nor an error")
		}
	})
}
