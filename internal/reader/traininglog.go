package reader

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// logPlaces are the columns that say where in the training a row was written.
var logPlaces = []string{"epoch", "step"}

// looksTrainingTable recognises what CSVLogger of Keras and Lightning and the plots of DVCLive write, by the columns.
func looksTrainingTable(names []string) bool {
	key, value := longColumns(names)
	return (key < 0 || value < 0) && slices.ContainsFunc(logPlaces, func(p string) bool { return slices.Contains(names, p) })
}

// looksTrainingList recognises the same as a JSON list of records.
func looksTrainingList(s shape) bool {
	return s.is == '[' && !looksRagas(s) && (s.has("epoch0") || s.has("step0"))
}

// trainingLog is what the rows of a log say so far.
type trainingLog struct {
	columns map[string]*logged
	order   []string
	earlier int
}

// logged is the last value of a column, and where in the training it stands.
type logged struct {
	cell
	at     string
	place  map[string]float64
	values int
}

// readTrainingLog reads what a training writes down, a row for an epoch or for some steps: of every column the
// last cell that is not empty. Where one of its cells is of an earlier epoch or step than the one before, the rows
// are of two trainings: nobody can say which is meant.
func readTrainingLog(s *sheet, data []byte) error {
	log := &trainingLog{columns: map[string]*logged{}}
	if err := eachRecord(data, log.row); err != nil {
		return err
	}
	switch last := data[len(data)-1]; {
	case log.columns["epoch"] == nil && log.columns["step"] == nil:
		return errors.New("it is no log of a training: it has no column \"epoch\" or \"step\"")
	case last != '\n' && last != '\r' && last != ']':
		return errors.New("its last line has no end: was it written to the end?")
	}
	return log.into(s)
}

func (l *trainingLog) row(at string, row []cell) error {
	place := map[string]float64{}
	for _, c := range row {
		if c.is && slices.Contains(logPlaces, c.name) {
			place[c.name] = c.number
		}
	}
	for _, c := range row {
		column := l.columns[c.name]
		if column == nil {
			column = &logged{}
			l.columns[c.name], l.order = column, append(l.order, c.name)
		}
		if c.empty {
			continue
		}
		isPlace := slices.Contains(logPlaces, c.name)
		for _, p := range logPlaces {
			before, was := column.place[p]
			if now, is := place[p]; is && was && now < before && !isPlace {
				return fmt.Errorf("%s: %.60q was written for %s %v, and before that (%s) for %s %v: two trainings are in it", at, c.name, p, now, column.at, p, before)
			}
		}
		if column.values > 0 && !isPlace {
			l.earlier++
		}
		*column = logged{cell: c, at: at, place: place, values: column.values + 1}
	}
	return nil
}

func (l *trainingLog) into(s *sheet) error {
	for _, name := range l.order {
		c := l.columns[name]
		switch {
		case c.values == 0:
			s.drop(name, "an empty column")
			continue
		case !c.is:
			s.drop(name, whatCell(c.value))
			continue
		}
		if err := s.figure(mlgate.Metric{Name: name, Value: mlgate.Number(c.number)}); err != nil {
			return err
		}
	}
	if l.earlier > 0 {
		s.dropped = append(s.dropped, fmt.Sprintf("%s: earlier values, %d in all: of every column the last one counts", s.src.Path, l.earlier))
	}
	return nil
}

// whatCell says what is in a cell that is no number: the text, which may be a number with a comma.
func whatCell(v any) string {
	if t, is := v.(string); is {
		return fmt.Sprintf("%.40q, no number", strings.TrimSpace(t))
	}
	return what(v)
}
