package docker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"
)

// frame is what an engine sends of one write to a stream.
func frame(stream byte, text string) string {
	head := [8]byte{stream}
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
	return string(head[:]) + text
}

func TestCopy(t *testing.T) {
	t.Parallel()
	all := frame(1, "one\n") + frame(2, "two") + frame(0, "") + frame(1, "three")
	for name, c := range map[string]struct {
		stream, want, says string
	}{
		"nothing":            {"", "", ""},
		"whole":              {all, "one\ntwothree", ""},
		"half a header":      {all + frame(1, "x")[:5], "one\ntwothree", "unexpected EOF"},
		"a header alone":     {frame(1, "x")[:8], "", "unexpected EOF"},
		"half a frame":       {all + frame(2, "abcdef")[:11], "one\ntwothreeabc", "unexpected EOF"},
		"4 GB that are none": {"\x01\x00\x00\x00\xff\xff\xff\xffabc", "abc", "unexpected EOF"},
		"a fourth stream":    {all + frame(3, "x"), "one\ntwothree", "0300000000000001 is no frame of Docker's"},
		"no zeros":           {"\x01\x00\x01\x00\x00\x00\x00\x01x", "", "is no frame of Docker's"},
		"a terminal's":       {"hello, world\n", "", "is no frame of Docker's"},
	} {
		for how, r := range map[string]io.Reader{"at once": strings.NewReader(c.stream), "a byte at a time": iotest.OneByteReader(strings.NewReader(c.stream)), "the end with the last": iotest.DataErrReader(strings.NewReader(c.stream))} {
			var got bytes.Buffer
			err := Copy(&got, r)
			if got.String() != c.want || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: %q, %v", name, how, got.String(), err)
			}
		}
	}
}

// Who reads or writes no more says why.
func TestCopyFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	r, w := io.Pipe()
	r.CloseWithError(broken)
	if err := Copy(w, strings.NewReader(frame(1, "x"))); !errors.Is(err, broken) {
		t.Errorf("writing: %v", err)
	}
	if err := Copy(io.Discard, io.MultiReader(strings.NewReader(frame(1, "xyz")[:9]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
}

// What comes out is what the frames hold, to the first that is none; how the bytes arrive changes nothing.
func FuzzCopy(f *testing.F) {
	f.Add([]byte(frame(1, "one\n") + frame(2, "two")))
	f.Add([]byte(frame(1, "one\n")[:9]))
	f.Add([]byte("\x01\x00\x00\x00\xff\xff\xff\xffabc"))
	f.Add([]byte("\x03\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var want []byte
		whole := true
		for rest := data; len(rest) > 0; {
			if whole = len(rest) >= 8 && rest[0] <= 2 && bytes.Equal(rest[1:4], []byte{0, 0, 0}); !whole {
				break
			}
			size := int64(binary.BigEndian.Uint32(rest[4:8]))
			rest = rest[8:]
			n := min(size, int64(len(rest)))
			want, rest, whole = append(want, rest[:n]...), rest[n:], n == size
		}
		for _, r := range []io.Reader{bytes.NewReader(data), iotest.HalfReader(bytes.NewReader(data))} {
			var got bytes.Buffer
			if err := Copy(&got, r); !bytes.Equal(got.Bytes(), want) || (err == nil) != whole {
				t.Fatalf("%q: %q, %v; want %q, whole: %v", data, got.Bytes(), err, want, whole)
			}
		}
	})
}

// Whatever an engine answers, it is decoded or refused, and what is shown of it is one harmless line.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"message":"no such image"}`))
	f.Add([]byte(`{"Id":"c","Config":{"Hostname":"h"},"State":{"OOMKilled":true},"Mounts":[{"Type":"bind"}]}`))
	f.Add([]byte("\xff\x1b[31m\u202e\n::error::"))
	f.Fuzz(func(t *testing.T, data []byte) {
		err := refusal(request{doing: "asking"}, &http.Response{StatusCode: 500, Body: io.NopCloser(bytes.NewReader(data))})
		var no *Error
		if !errors.As(err, &no) || utf8.RuneCountInString(no.Message) > maxMessage || !utf8.ValidString(no.Message) {
			t.Fatalf("%q", err)
		}
		for _, r := range no.Message {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q shows %q", no.Message, r)
			}
		}
		var c Container
		var l []Listed
		for _, into := range []any{&c, &l} {
			if err := decode("asking", bytes.NewReader(data), into); err != nil && !strings.HasPrefix(err.Error(), "asking: ") {
				t.Fatal(err)
			}
		}
	})
}
