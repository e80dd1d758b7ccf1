// Package columns reads the named columns of a table in Parquet or Arrow from its bytes, as texts. It knows nothing of
// models, and refuses by name what it does not read: nested columns, dates, decimals, rare codecs and encodings.
//
// A table may be hostile. What is unpacked and copied is counted against one budget, so that memory and time have an
// end whatever a file says of itself.
//
// Sources of the formats: https://github.com/apache/parquet-format, https://arrow.apache.org/docs/format/Columnar.html.
package columns

import "fmt"

// maxUnpacked is how much the pages of all columns that are read may take when they are unpacked, in bytes.
const maxUnpacked = 512 << 20

// Table is what was read: the texts of each column by its name, of all columns as many. A value that is missing is an
// empty text.
type Table struct {
	Columns map[string][]string
	Rows    int
}

// AbsentError says that a column was asked for that the table does not have.
type AbsentError struct {
	Column string
	Others []string // that it has
}

func (e *AbsentError) Error() string { return fmt.Sprintf("it has no column %q", e.Column) }

// Known recognises a table by its first bytes.
func Known(data []byte) bool { return startsParquet(data) || startsArrow(data) }

// Read reads the named columns of a table that is Known, of at most so many rows. Numbers have the shortest text that
// reads back as the same number of their width, booleans are "true" and "false". On an error the table is of no use.
func Read(data []byte, names []string, maxRows int) (Table, error) {
	if startsParquet(data) {
		return parquetRows(data, names, maxRows)
	}
	return arrowRows(data, names, maxRows)
}

func newTable() Table { return Table{Columns: map[string][]string{}} }

func tooMany(rows int) error { return fmt.Errorf("it has more than %d rows", rows) }
