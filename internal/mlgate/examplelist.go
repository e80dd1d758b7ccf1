package mlgate

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// exampleHead is the first line of a list.
type exampleHead struct {
	Rows    int          `json:"rows"`
	Grouped bool         `json:"grouped,omitempty"`
	Parts   []partHead   `json:"parts,omitempty"`
	Columns []columnHead `json:"columns"`
}

type partHead struct {
	Column string   `json:"column"`
	Values []string `json:"values"`
}

type columnHead struct {
	Metric string `json:"metric"`
	Kind   string `json:"kind"`
	From   string `json:"from"`
}

// Bytes writes the list: one line of JSON that names its columns, then the columns one after the other,
// big-endian: ids (8 bytes each), groups (4), parts (4 each), and of each metric labels (1) and
// actual numbers (8), where its kind has them, and values (1 where they are 0 or 1, else 8). The same examples
// give the same bytes.
func (x *Examples) Bytes() ([]byte, error) {
	h := exampleHead{Rows: len(x.IDs), Grouped: x.Groups != nil}
	for _, p := range x.Parts {
		h.Parts = append(h.Parts, partHead{p.Column, p.Values})
	}
	for _, c := range x.Columns {
		h.Columns = append(h.Columns, columnHead{c.Metric, c.Kind, c.From})
	}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("writing a list of examples: %w", err)
	}
	out := append(ASCII(head), '\n')
	for _, id := range x.IDs {
		out = binary.BigEndian.AppendUint64(out, id)
	}
	for _, g := range x.Groups {
		out = binary.BigEndian.AppendUint32(out, g)
	}
	for _, p := range x.Parts {
		for _, v := range p.Of {
			out = binary.BigEndian.AppendUint32(out, v)
		}
	}
	for _, c := range x.Columns {
		out = c.append(out)
	}
	if len(out) > MaxExampleList {
		return nil, fmt.Errorf("writing a list of examples: %d rows of %d metrics take %d bytes; at most %d are kept: name fewer metrics, or a part of the rows", len(x.IDs), len(x.Columns), len(out), MaxExampleList)
	}
	return out, nil
}

// ids is the digest of which examples they are.
func (x *Examples) ids() Digest {
	out := make([]byte, 0, 8*len(x.IDs))
	for _, id := range x.IDs {
		out = binary.BigEndian.AppendUint64(out, id)
	}
	return DigestOf(out)
}

var errExamples = errors.New("it is no list of examples as mlgate writes it")

// Parse reads a list; one that is not the very list that the evidence names is an error. Its bytes come
// from a bundle or a ledger: every length, order and number is looked at.
func (l *ExampleList) Parse(data []byte) (*Examples, error) {
	if len(data) > MaxExampleList {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", len(data), MaxExampleList)
	}
	if got := DigestOf(data); got != l.SHA256 {
		return nil, fmt.Errorf("its digest is %s, the evidence says %s", got.Short(), l.SHA256.Short())
	}
	x, err := ParseExamples(data)
	if err == nil && len(x.IDs) != l.Count {
		err = fmt.Errorf("it holds %d examples, the evidence says %d", len(x.IDs), l.Count)
	}
	if err == nil && x.ids() != l.IDs {
		err = errors.New("its examples are not those that the evidence says")
	}
	return x, err
}

// ParseExamples reads what Bytes writes, and nothing else.
func ParseExamples(data []byte) (*Examples, error) {
	line, _, ok := bytes.Cut(data[:min(len(data), maxExampleHead)], []byte("\n"))
	if !ok {
		return nil, fmt.Errorf("%w: it has no first line", errExamples)
	}
	body := data[len(line)+1:]
	var h exampleHead
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil {
		return nil, fmt.Errorf("%w: its first line: %w", errExamples, err)
	}
	if h.Rows < 1 || h.Rows > MaxExamples || len(h.Columns) == 0 || h.size() != len(body) {
		return nil, fmt.Errorf("%w: its first line promises %d rows, and %d bytes follow", errExamples, h.Rows, len(body))
	}
	r := columnReader{body: body, rows: h.Rows}
	x := &Examples{IDs: make([]uint64, h.Rows)}
	for i := range x.IDs {
		x.IDs[i] = binary.BigEndian.Uint64(r.take(8))
		if i > 0 && x.IDs[i] <= x.IDs[i-1] {
			return nil, fmt.Errorf("%w: its ids are not in order, each once", errExamples)
		}
	}
	if h.Grouped {
		x.Groups = r.codes(h.Rows)
	}
	for _, p := range h.Parts {
		part := Part{Column: p.Column, Values: p.Values, Of: r.codes(len(p.Values))}
		if !slices.IsSorted(p.Values) {
			r.bad = true
		}
		x.Parts = append(x.Parts, part)
	}
	for _, c := range h.Columns {
		x.Columns = append(x.Columns, r.column(c))
	}
	if r.bad {
		return nil, fmt.Errorf("%w: a code, a label or a number in it cannot be", errExamples)
	}
	return x, nil
}

// size is how many bytes follow a first line.
func (h exampleHead) size() int {
	width := 8 + 4*len(h.Parts)
	if h.Grouped {
		width += 4
	}
	for _, c := range h.Columns {
		l, _ := layoutOf(c.Kind)
		width += l.width()
	}
	return width * h.Rows
}

// columnReader takes columns off bytes whose number was compared before.
type columnReader struct {
	body []byte
	rows int
	bad  bool
}

func (r *columnReader) take(n int) []byte {
	b := r.body[:n]
	r.body = r.body[n:]
	return b
}

// codes reads a number below limit for each example.
func (r *columnReader) codes(limit int) []uint32 {
	out := make([]uint32, r.rows)
	for i := range out {
		out[i] = binary.BigEndian.Uint32(r.take(4))
		r.bad = r.bad || int64(out[i]) >= int64(limit)
	}
	return out
}
