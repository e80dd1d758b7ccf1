package reader

import (
	"errors"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// wireField is one field of a protobuf message, as it stands on the wire: bytes of what has a length, bits of
// everything else.
type wireField struct {
	num   int
	typ   protowire.Type
	bytes []byte
	bits  uint64
}

// eachField calls do for every field of a message, in order. Groups are passed over.
func eachField(message []byte, do func(wireField) error) error {
	for len(message) > 0 {
		num, typ, n := protowire.ConsumeTag(message)
		if n < 0 {
			return noProtobuf(n)
		}
		message = message[n:]
		f := wireField{num: int(num), typ: typ}
		switch typ {
		case protowire.VarintType:
			f.bits, n = protowire.ConsumeVarint(message)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(message)
			f.bits = uint64(v)
		case protowire.Fixed64Type:
			f.bits, n = protowire.ConsumeFixed64(message)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(message)
		default:
			n = protowire.ConsumeFieldValue(num, typ, message)
		}
		if n < 0 {
			return noProtobuf(n)
		}
		message = message[n:]
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}

// noProtobuf says what protowire's negative number of bytes means. Its own words are not the same in every
// program: a space in them is an ordinary one or a hard one.
func noProtobuf(n int) error {
	if errors.Is(protowire.ParseError(n), io.ErrUnexpectedEOF) {
		return errors.New("it is no protobuf: a field is longer than what is there")
	}
	return errors.New("it is no protobuf: a field has no number or type that there is, or is nested too deeply")
}

// text is the bytes of a string.
func (f wireField) text() string { return string(f.bytes) }

// float and double are the number of a field, where it is one of that type.
func (f wireField) float() (float64, bool) {
	return float64(math.Float32frombits(uint32(f.bits))), f.typ == protowire.Fixed32Type //nolint:gosec // a fixed32 has 32 bits
}

func (f wireField) double() (float64, bool) {
	return math.Float64frombits(f.bits), f.typ == protowire.Fixed64Type
}

// whole is a signed whole number (int64 of protobuf).
func (f wireField) whole() int64 { return int64(f.bits) } //nolint:gosec // as protobuf says
