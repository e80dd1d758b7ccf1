package columns

import (
	"encoding/binary"
	"errors"
)

var errLZ4 = errors.New("it is no LZ4 frame that ends well")

// unpackLZ4 undoes one LZ4 frame (lz4_Frame_format.md) of so many bytes, unpacked. Its checksums are not
// verified: what is damaged has another size, or cannot be unpacked, or is wrong in its values alone.
func unpackLZ4(data []byte, size int) ([]byte, error) {
	if len(data) < 7 || binary.LittleEndian.Uint32(data) != 0x184D2204 || data[4]>>6 != 1 || data[4]&1 != 0 || size/256 > len(data) {
		return nil, errLZ4
	}
	flags := data[4]
	data = data[6:]
	if flags&8 != 0 {
		data = data[min(8, len(data)):]
	}
	data = data[min(1, len(data)):] // the header's checksum
	out := make([]byte, 0, size)
	for {
		if len(data) < 4 {
			return nil, errLZ4
		}
		head := binary.LittleEndian.Uint32(data)
		if data = data[4:]; head == 0 {
			break
		}
		n := int(head &^ (1 << 31))
		if n > len(data) {
			return nil, errLZ4
		}
		block := data[:n]
		if data = data[n:]; flags&16 != 0 {
			data = data[min(4, len(data)):]
		}
		var err error
		if out, err = lz4Block(out, block, head>>31 == 1, size); err != nil {
			return nil, err
		}
	}
	if len(out) != size {
		return nil, errLZ4
	}
	return out, nil
}

// lz4Block goes on with a frame by one block; it may repeat what the blocks before it held.
func lz4Block(out, block []byte, plain bool, size int) ([]byte, error) {
	if plain {
		if len(out)+len(block) > size {
			return nil, errLZ4
		}
		return append(out, block...), nil
	}
	for len(block) > 0 {
		token := block[0]
		literals, rest, ok := lz4Length(int(token>>4), block[1:])
		if !ok || literals > len(rest) || literals > size-len(out) {
			return nil, errLZ4
		}
		out, block = append(out, rest[:literals]...), rest[literals:]
		if len(block) == 0 {
			return out, nil
		}
		if len(block) < 2 {
			return nil, errLZ4
		}
		back := int(binary.LittleEndian.Uint16(block))
		repeat, rest, ok := lz4Length(int(token&15), block[2:])
		if repeat += 4; !ok || back == 0 || back > len(out) || repeat > size-len(out) {
			return nil, errLZ4
		}
		for block = rest; repeat > 0; repeat-- {
			out = append(out, out[len(out)-back])
		}
	}
	return nil, errLZ4
}

// lz4Length is a length of four bits and the bytes that go on with it.
func lz4Length(n int, data []byte) (length int, rest []byte, ok bool) {
	if n < 15 {
		return n, data, true
	}
	for i, b := range data {
		if n += int(b); b != 255 {
			return n, data[i+1:], true
		}
	}
	return 0, nil, false
}
