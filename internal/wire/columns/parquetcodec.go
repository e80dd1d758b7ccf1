package columns

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

var errUnpacked = fmt.Errorf("more than %d bytes when it is unpacked", maxUnpacked)

// unpack undoes the compression; what comes out has the size that the page says, or is an error.
func unpack(raw []byte, codec int64, size int) ([]byte, error) {
	var out []byte
	var err error
	switch codec {
	case 0:
		out = raw
	case 1:
		if n, bad := snappy.DecodedLen(raw); bad != nil || n != size {
			return nil, errPage
		}
		out, err = snappy.Decode(nil, raw)
	case 2:
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(raw)); err == nil {
			out, err = io.ReadAll(io.LimitReader(z, int64(size)+1))
		}
	case 6:
		var z *zstd.Decoder
		if z, err = zstd.NewReader(bytes.NewReader(raw), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked)); err == nil {
			defer z.Close()
			out, err = io.ReadAll(io.LimitReader(z, int64(size)+1))
		}
	default:
		return nil, fmt.Errorf("it is compressed by a codec that is not read (%d): snappy, gzip, zstd and none are", codec)
	}
	if err != nil {
		return nil, fmt.Errorf("unpacking a page: %w", err)
	}
	if len(out) != size {
		return nil, errPage
	}
	return out, nil
}

// runs reads n whole numbers of so many bits: runs of one number, and of packed ones.
func runs(data []byte, width, n int) ([]uint32, error) {
	out := make([]uint32, 0, n)
	bytesOf := (width + 7) / 8
	for len(out) < n {
		head, k := binary.Uvarint(data)
		if k <= 0 || head>>1 == 0 {
			return nil, errPage
		}
		data = data[k:]
		if head&1 == 0 { // one number, again and again
			if len(data) < bytesOf {
				return nil, errPage
			}
			var v uint32
			for i := range bytesOf {
				v |= uint32(data[i]) << (8 * i)
			}
			data = data[bytesOf:]
			for range min(head>>1, uint64(n-len(out))) { //nolint:gosec // not negative
				out = append(out, v)
			}
			continue
		}
		size := min(head>>1, uint64(n)) * uint64(width) //nolint:gosec // groups of eight, as many bytes as bits of one
		if size > uint64(len(data)) {
			size = uint64(len(data)) // the last group may be cut
		}
		packed := data[:size]
		data = data[size:]
		for i := 0; len(out) < n && uint64(i) < head>>1*8; i++ { //nolint:gosec // not negative
			v, ok := bits(packed, i*width, width)
			if !ok {
				return nil, errPage
			}
			out = append(out, v)
		}
	}
	return out, nil
}

// bits are width bits from a place on, the lowest first.
func bits(data []byte, from, width int) (uint32, bool) {
	if from+width > len(data)*8 {
		return 0, false
	}
	var v uint64
	for i := range (from%8 + width + 7) / 8 {
		v |= uint64(data[from/8+i]) << (8 * i)
	}
	return uint32(v >> (from % 8) & (1<<width - 1)), true //nolint:gosec // at most 32 bits
}
