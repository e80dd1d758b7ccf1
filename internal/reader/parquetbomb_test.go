package reader_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/reader"
)

// field is one field of a struct in Thrift's compact protocol: a number, a text, a struct or a list of structs.
type field struct {
	number int
	value  any
}

func message(fields ...field) []byte {
	var out []byte
	last := 0
	for _, f := range fields {
		head := byte((f.number - last) << 4)
		last = f.number
		switch v := f.value.(type) {
		case int:
			out = binary.AppendVarint(append(out, head|6), int64(v))
		case string:
			out = append(binary.AppendUvarint(append(out, head|8), uint64(len(v))), v...)
		case []byte:
			out = append(append(out, head|12), v...)
		case [][]byte:
			out = append(out, head|9, byte(len(v)<<4|12))
			for _, m := range v {
				out = append(out, m...)
			}
		}
	}
	return append(out, 0)
}

// oneRow is a file of one row, whose one column has a dictionary of so many empty texts.
func oneRow(words int) []byte {
	texts, places := make([]byte, 4*words), []byte{1, 2, 0} // a width of one bit; one time the first
	dict := append(message(field{1, 2}, field{2, len(texts)}, field{3, len(texts)}, field{7, message(field{1, words}, field{2, 0})}), texts...)
	page := append(message(field{1, 0}, field{2, len(places)}, field{3, len(places)}, field{5, message(field{1, 1}, field{2, 8})}), places...)
	column := message(field{3, message(field{1, 6}, field{4, 0}, field{7, len(dict) + len(page)}, field{9, 4 + len(dict)}, field{11, 4})})
	meta := message(
		field{2, [][]byte{message(field{4, "schema"}, field{5, 1}), message(field{1, 6}, field{3, 0}, field{4, "id"})}},
		field{3, 1}, field{4, [][]byte{message(field{1, [][]byte{column}}, field{3, 1})}},
	)
	out := append(append(append([]byte("PAR1"), dict...), page...), meta...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(meta))), "PAR1"...) //nolint:gosec // it is small
}

// A dictionary that has more values than there are rows takes memory for nothing: millions of empty texts are
// a few bytes where they are packed.
func TestParquetDictionary(t *testing.T) {
	t.Parallel()
	for words, want := range map[int]string{1: "is empty: every example needs a name", 2: "does not hold what it says", 100: "does not hold what it says"} {
		if got, err := (reader.Files{}).Metrics(parquetSource("id"), oneRow(words)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d words: got %s %v, want %q", words, say(got, nil), err, want)
		}
	}
}
