package mlgate

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Evidence may hold a hundred thousand metrics, and a judgment reads that of both sides. So they are written and read
// here, byte by byte: to the very bytes that encoding/json writes, and only from those. Whatever looks otherwise,
// and all that is wrong, is for encoding/json to read and to tell.

// oneMetric stands for all metrics in evidence that encoding/json writes. In a text every quote has a backslash
// before it, so that nothing else looks like it.
const oneMetric = `,"metrics":[{"name":"","value":0}]`

// firstMetric is how the metrics begin.
const firstMetric = `,"metrics":[{"name":"`

// encode writes evidence as json.Marshal does.
func (e Evidence) encode() ([]byte, error) {
	if len(e.Metrics) == 0 {
		return json.Marshal(e)
	}
	metrics, size := e.Metrics, 0
	for _, m := range metrics {
		size += 100 + len(m.Name) + len(m.File) + 20*len(m.Repeats)
	}
	e.Metrics = []Metric{{}}
	rest, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	before, after, _ := bytes.Cut(rest, []byte(oneMetric))
	body := append(make([]byte, 0, size+len(rest)), before...)
	body = append(body, `,"metrics":`...)
	for i, m := range metrics {
		body = m.appendJSON(append(body, "[,"[min(i, 1)]))
	}
	return append(append(body, ']'), after...), nil
}

func (m Metric) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"name":`...), m.Name)
	b = m.Value.appendJSON(append(b, `,"value":`...))
	b = appendNamed(b, `,"unit":`, m.Unit)
	b = appendNamed(b, `,"file":`, m.File)
	if m.N != 0 {
		b = strconv.AppendInt(append(b, `,"n":`...), m.N, 10)
	}
	if m.Hits != nil {
		b = strconv.AppendInt(append(b, `,"hits":`...), *m.Hits, 10)
	}
	if m.Stderr != nil {
		b = m.Stderr.appendJSON(append(b, `,"stderr":`...))
	}
	if len(m.Repeats) > 0 {
		b = append(b, `,"repeats":`...)
		for i, r := range m.Repeats {
			b = r.appendJSON(append(b, "[,"[min(i, 1)]))
		}
		b = append(b, ']')
	}
	b = appendNamed(b, `,"runs":`, m.Runs)
	if len(m.Slice) > 0 {
		b = append(b, `,"slice":`...)
		for i, key := range slices.Sorted(maps.Keys(m.Slice)) {
			b = append(appendText(append(b, "{,"[min(i, 1)]), key), ':')
			b = appendText(b, m.Slice[key])
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendNamed writes a field of text, or where it is empty nothing.
func appendNamed(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return appendText(append(b, name...), text)
}

func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(text) // of a string there is no error
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

// ParseEvidence reads evidence as json.Unmarshal does, and with its errors. Rest is what reads JSON that is not a
// list of metrics: json.Unmarshal, or something that takes less.
func ParseEvidence(body []byte, rest func([]byte, any) error) (Evidence, error) {
	var e Evidence
	before, list, found := bytes.Cut(body, []byte(firstMetric))
	r := metricReader{data: list}
	if found && json.Valid(append(bytes.Clone(before), '}')) && r.all() {
		var whole struct {
			Evidence
			Metrics json.RawMessage `json:"metrics"` // a second list of them
		}
		if rest(slices.Concat(before, r.data), &whole) == nil && whole.Metrics == nil {
			whole.Evidence.Metrics = r.metrics
			return whole.Evidence, nil
		}
	}
	return e, rest(body, &e)
}

// metricReader reads metrics as appendJSON writes them. Every method is false where something else stands.
type metricReader struct {
	data    []byte // that is not read yet
	metrics []Metric
	last    Metric // whose texts the next one may have too
}

// all reads the metrics up to the end of their list. The name of the first has begun.
func (r *metricReader) all() bool {
	r.metrics = make([]Metric, 0, len(r.data)/256)
	for {
		var m Metric
		if !r.metric(&m) {
			return false
		}
		r.metrics, r.last = append(r.metrics, m), m
		if !r.next(`,{"name":"`) {
			return r.next("]")
		}
	}
}

func (r *metricReader) metric(m *Metric) bool {
	var stderr Number
	var hits int64
	ok := r.text(&m.Name, "") && r.next(`,"value":`) && r.number(&m.Value) &&
		(!r.next(`,"unit":"`) || r.text(&m.Unit, r.last.Unit)) &&
		(!r.next(`,"file":"`) || r.text(&m.File, r.last.File)) &&
		(!r.next(`,"n":`) || r.whole(&m.N))
	if ok && r.next(`,"hits":`) {
		ok, m.Hits = r.whole(&hits), &hits
	}
	if ok && r.next(`,"stderr":`) {
		ok, m.Stderr = r.number(&stderr), &stderr
	}
	return ok && (!r.next(`,"repeats":[`) || r.repeats(m)) &&
		(!r.next(`,"runs":"`) || r.text(&m.Runs, r.last.Runs)) &&
		(!r.next(`,"slice":{`) || r.slice(m)) && r.next("}")
}

func (r *metricReader) repeats(m *Metric) bool {
	m.Repeats = make([]Number, 0, max(1, len(r.last.Repeats)))
	for {
		var n Number
		if !r.number(&n) {
			return false
		}
		m.Repeats = append(m.Repeats, n)
		if !r.next(",") {
			return r.next("]")
		}
	}
}

func (r *metricReader) slice(m *Metric) bool {
	m.Slice = map[string]string{}
	for {
		var key, value string
		if !r.next(`"`) || !r.text(&key, "") || !r.next(`:"`) || !r.text(&value, "") {
			return false
		}
		m.Slice[key] = value
		if !r.next(",") {
			return r.next("}")
		}
	}
}

// next goes behind what is written, if it comes next.
func (r *metricReader) next(written string) bool {
	if len(r.data) < len(written) || string(r.data[:len(written)]) != written {
		return false
	}
	r.data = r.data[len(written):]
	return true
}

// text reads a text whose first quote is read already. One that is known is not copied.
func (r *metricReader) text(into *string, known string) bool {
	end := bytes.IndexByte(r.data, '"')
	if end < 0 {
		return false
	}
	for _, c := range r.data[:end] {
		if c < ' ' || c > '~' || c == '\\' {
			return r.escaped(into)
		}
	}
	if *into = known; string(r.data[:end]) != known {
		*into = string(r.data[:end])
	}
	r.data = r.data[end+1:]
	return true
}

// escaped reads a text that is more than it looks.
func (r *metricReader) escaped(into *string) bool {
	for end := 0; end < len(r.data); end++ {
		switch r.data[end] {
		case '\\':
			end++
		case '"':
			quoted := append([]byte{'"'}, r.data[:end+1]...)
			r.data = r.data[end+1:]
			return json.Unmarshal(quoted, into) == nil
		}
	}
	return false
}

func (r *metricReader) number(into *Number) bool {
	if end := NumberLength(r.data); end > 0 {
		f, err := strconv.ParseFloat(string(r.data[:end]), 64)
		*into, r.data = Number(f), r.data[end:]
		return err == nil
	}
	if !bytes.HasPrefix(r.data, []byte(`"`)) { // or one of the words in quotes
		return false
	}
	end := bytes.IndexByte(r.data[1:], '"') + 2
	word := r.data[:end]
	r.data = r.data[end:]
	return into.UnmarshalJSON(word) == nil
}

func (r *metricReader) whole(into *int64) bool {
	end := NumberLength(r.data)
	n, err := strconv.ParseInt(string(r.data[:end]), 10, 64)
	*into, r.data = n, r.data[end:]
	return err == nil
}
