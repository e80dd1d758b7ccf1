package reader

import (
	"errors"
	"fmt"
	"math"
	"path"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxEvents is the size of one event file, in bytes: they hold histograms and images too.
const maxEvents = 128 << 20

// board is what the event files of one run say.
type board struct {
	last    map[string]point  // by tag
	plugins map[string]string // by tag: what its first value says that it is of
	others  map[string]string // tags that are no scalars: what they are
}

func newBoard() *board {
	return &board{last: map[string]point{}, plugins: map[string]string{}, others: map[string]string{}}
}

// readEvents reads one event file of TensorBoard.
func readEvents(s *sheet, data []byte) error {
	b := newBoard()
	if err := b.read(data); err != nil {
		return err
	}
	return b.into(s, "")
}

// tensorboard reads a folder of runs: a run is a folder with event files. Of several runs each is told apart by
// its folder's name before its tags, unless src names one. Of runs that were made one after the other, with a time
// or number in the name of a folder around them, the latest is read, and that folder's name stands in no tag.
func (st *store) tensorboard(s *sheet) error {
	files, err := st.files(".")
	if err != nil {
		return err
	}
	latest, err := s.sittings(files)
	if err != nil {
		return err
	}
	runs, err := st.boards(s, files, latest)
	if err != nil {
		return err
	}
	if len(runs) == 0 && s.src.Run != "" {
		return fmt.Errorf("no event file of TensorBoard is in its folder %q", s.src.Run)
	}
	if len(runs) == 0 {
		return errors.New("it holds no event file of TensorBoard: those have tfevents in their names")
	}
	for _, dir := range sortedKeys(runs) {
		prefix := ""
		if len(runs) > 1 && dir != "." && dir != "" {
			prefix = strings.ReplaceAll(dir, "/", ".")
		}
		if err := runs[dir].into(s, prefix); err != nil {
			return err
		}
	}
	return nil
}

// boards reads the event files that are wanted, by the names of their runs.
func (st *store) boards(s *sheet, files []string, latest map[string]sitting) (map[string]*board, error) {
	runs, from := map[string]*board{}, map[string]string{}
	for _, file := range files {
		dir, base := path.Split(file)
		dir = path.Clean(dir)
		run, wanted := s.runOf(dir, latest)
		if !wanted || !strings.Contains(base, "tfevents") {
			continue
		}
		if other, taken := from[run]; taken && other != dir {
			return nil, fmt.Errorf("%q and %q are of one name without their times", other, dir)
		}
		from[run] = dir
		data, err := st.read(file)
		if err != nil {
			return nil, err
		}
		if runs[run] == nil {
			runs[run] = newBoard()
		}
		if err := runs[run].read(data); err != nil {
			return nil, fmt.Errorf("%q: %w", file, err)
		}
	}
	return runs, nil
}

// into writes the last value of every tag: of the highest step, then time, then value, as MLflow has it.
func (b *board) into(s *sheet, prefix string) error {
	for _, tag := range sortedKeys(b.last) {
		if err := s.figure(mlgate.Metric{Name: join(prefix, tag), Value: mlgate.Number(b.last[tag].value)}); err != nil {
			return err
		}
	}
	for _, tag := range sortedKeys(b.others) {
		if _, both := b.last[tag]; both {
			s.dropped = append(s.dropped, fmt.Sprintf("%s: values of %s that are %s", s.src.Path, join(prefix, tag), b.others[tag]))
			continue
		}
		s.drop(join(prefix, tag), b.others[tag])
	}
	return nil
}

func (b *board) read(data []byte) error {
	if !startsEvents(data) {
		return errors.New("it is no event file of TensorBoard: it does not begin with a record of its version")
	}
	return records(data, b.event)
}

// event reads one event: tensorflow/core/util/event.proto.
func (b *board) event(record []byte) error {
	var at point
	var summaries [][]byte
	restarted := false
	err := eachField(record, func(f wireField) (err error) {
		switch f.num {
		case 1:
			at.time, _ = f.double()
		case 2:
			at.step = f.whole()
		case 5:
			summaries = append(summaries, f.bytes)
		case 7:
			restarted, err = starts(f.bytes)
		}
		return err
	})
	if err != nil {
		return err
	}
	if restarted {
		return b.restart(at.step)
	}
	for _, message := range summaries {
		err := eachField(message, func(f wireField) error {
			if f.num != 1 {
				return nil
			}
			return b.value(f.bytes, at)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// starts reports whether a SessionLog says that a session starts.
func starts(message []byte) (start bool, err error) {
	err = eachField(message, func(f wireField) error {
		start = start || f.num == 1 && f.bits == 1
		return nil
	})
	return start, err
}

// restart is a session that starts at a step which others have passed: TensorBoard throws their values away,
// and what was before them is not kept here.
func (b *board) restart(step int64) error {
	for _, tag := range sortedKeys(b.last) {
		if b.last[tag].step >= step {
			return fmt.Errorf("a session starts again at step %d, and %.60q has a value of step %d already: write each session to a folder of its own", step, tag, b.last[tag].step)
		}
	}
	return nil
}

// value reads one Summary.Value: tensorflow/core/framework/summary.proto.
func (b *board) value(message []byte, at point) error {
	var tag, plugin, what string
	found := false
	var tensor []byte
	err := eachField(message, func(f wireField) (err error) {
		switch f.num {
		case 1:
			tag = f.text()
		case 2:
			at.value, found = f.float()
		case 4:
			what = "an image"
		case 5:
			what = "a histogram"
		case 6:
			what = "audio"
		case 8:
			tensor, what = f.bytes, "a tensor"
		case 9:
			plugin, err = pluginOf(f.bytes)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(b.last)+len(b.others) > maxMetrics {
		return errTooMany
	}
	if _, known := b.plugins[tag]; !known || plugin != "" {
		b.plugins[tag] = plugin
	}
	if tensor != nil && !found && b.plugins[tag] == "scalars" {
		if at.value, found, err = scalarOf(tensor); err != nil {
			return fmt.Errorf("the tensor of %.60q: %w", tag, err)
		}
	}
	b.keep(tag, what, at, found)
	return nil
}

// keep notes a value, or what a tag holds instead of one.
func (b *board) keep(tag, what string, at point, found bool) {
	last, have := b.last[tag]
	switch {
	case !found && b.plugins[tag] != "" && b.plugins[tag] != "scalars":
		b.others[tag] = fmt.Sprintf("no scalar but of %.40q", b.plugins[tag])
	case !found && what == "":
		b.others[tag] = "without a value"
	case !found:
		b.others[tag] = what
	case !have || at.after(last):
		b.last[tag] = at
	}
}

// pluginOf is the plugin's name in a SummaryMetadata.
func pluginOf(message []byte) (name string, err error) {
	err = eachField(message, func(f wireField) error {
		if f.num != 1 {
			return nil
		}
		return eachField(f.bytes, func(f wireField) error {
			if f.num == 1 {
				name = f.text()
			}
			return nil
		})
	})
	return name, err
}

// scalarOf is the number of a TensorProto of one float or double, which stands in tensor_content, float_val or
// double_val: tensorflow/core/framework/tensor.proto.
func scalarOf(message []byte) (v float64, is bool, err error) {
	var kind uint64
	var raw []byte
	err = eachField(message, func(f wireField) error {
		switch {
		case f.num == 1:
			kind = f.bits
		case f.num >= 4 && f.num <= 6 && f.typ == protowire.BytesType:
			raw = f.bytes
		case f.num == 5:
			raw = protowire.AppendFixed32(raw[:len(raw):len(raw)], uint32(f.bits)) //nolint:gosec // a fixed32 has 32 bits
		case f.num == 6:
			raw = protowire.AppendFixed64(raw[:len(raw):len(raw)], f.bits)
		}
		return nil
	})
	switch {
	case kind == 1 && len(raw) == 4:
		bits, _ := protowire.ConsumeFixed32(raw)
		return float64(math.Float32frombits(bits)), err == nil, err
	case kind == 2 && len(raw) == 8:
		bits, _ := protowire.ConsumeFixed64(raw)
		return math.Float64frombits(bits), err == nil, err
	}
	return 0, false, err
}
