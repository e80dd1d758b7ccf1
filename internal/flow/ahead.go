package flow

import (
	"bytes"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Small files of text are read ahead, so many at once and so many before they are needed. What a small text holds
// is not much more than it looks; of an archive nobody knows, and two large files at once would take twice the memory.
const (
	maxEarly  = 256 << 10 // bytes of a file
	maxAtOnce = 4
	maxAhead  = 64
)

// read is what came of reading one source.
type read struct {
	mlgate.Reading
	err error
}

// readings reads sources and gives them in their order, each with what reading it alone would have given.
func (r Runner) readings(sources []source) iter.Seq2[source, read] {
	return func(yield func(source, read) bool) {
		early := make([]chan *read, len(sources))
		for i := range early {
			early[i] = make(chan *read, 1)
		}
		var all sync.WaitGroup
		defer all.Wait()
		places, done := make(chan struct{}, maxAhead), make(chan struct{})
		defer close(done)
		var next atomic.Int64
		for range min(maxAtOnce, runtime.GOMAXPROCS(0), len(sources)) {
			all.Go(func() {
				for {
					select { // first a place and then a source: the one that is waited for has one
					case places <- struct{}{}:
					case <-done:
						return
					}
					i := int(next.Add(1)) - 1
					if i >= len(sources) {
						return
					}
					early[i] <- r.early(sources[i].Source)
				}
			})
		}
		for i, src := range sources {
			got := <-early[i]
			<-places
			if got == nil {
				m, err := r.reading(src.Source)
				got = &read{m, err}
			}
			if !yield(src, *got) {
				return
			}
		}
	}
}

// early reads a small file of text; nil: it is something else, or cannot be read.
func (r Runner) early(src mlgate.Source) *read {
	if src.IsFolder() || len(r.Reader.Beside(src)) > 0 {
		return nil
	}
	data, err := r.Work.Read(src.Path, min(maxEarly, r.Reader.Limit(src)))
	if err != nil || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil
	}
	got, err := r.Reader.Metrics(src, data)
	return &read{got, err}
}
