package reader

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/wire/unzip"
)

func startsComet(data []byte) bool { return holds(data, "experiment.json", "messages.json") }

// readComet reads an offline experiment of Comet: of every metric the last value. What is logged in a context is
// called as Comet shows it: test_accuracy.
func readComet(s *sheet, data []byte) error {
	archive, err := unzip.Open(data, maxEntries)
	if err != nil {
		return err
	}
	about, err := objectOf(archive, "experiment.json")
	if err != nil {
		return err
	}
	if is, _ := about.at("customer_error_reported").truth(); is {
		return fmt.Errorf("the experiment ended with an error: %.200q", about.at("customer_error_message").text())
	}
	if _, ended := about.at("stop_time").number(); !ended {
		return errors.New("the experiment is not finished: it has no time of its end")
	}
	messages, err := textOf(archive, "messages.json")
	if err != nil {
		return err
	}
	metrics, own := logs{}, map[string]any{}
	texts := map[string]bool{}
	if err := eachLine(messages, func(line node) error { return cometMessage(line, metrics, own, texts) }); err != nil {
		return fmt.Errorf("\"messages.json\": %w", err)
	}
	if err := metrics.into(s); err != nil {
		return err
	}
	for _, name := range sortedKeys(texts) {
		if _, is := metrics[name]; !is {
			s.drop(name, "text")
		}
	}
	s.beside(own)
	return nil
}

// cometMessage reads one line. What Comet measures itself are its duration, and what begins with sys.
func cometMessage(line node, metrics logs, own map[string]any, texts map[string]bool) error {
	if line.at("type").text() != "metric_msg" {
		return nil
	}
	payload := line.at("payload")
	m := payload.at("metric")
	name := m.at("metricName").text()
	if name == "" {
		return errors.New("a metric without a name")
	}
	if context := payload.at("context").text(); context != "" {
		name = context + "_" + name
	}
	value, is := m.at("metricValue").number()
	if special := slices.Index(specialTexts, m.at("metricValue").text()); special >= 0 {
		value, is = specials[special], true
	}
	step, _ := m.at("step").number()
	time, _ := payload.at("local_timestamp").number()
	switch {
	case strings.HasSuffix(name, "process duration") || strings.HasPrefix(name, "sys."):
		if len(own) <= maxMetrics {
			own[name] = nil
		}
		return nil
	case !is:
		if len(texts) <= maxMetrics {
			texts[name] = true
		}
		return nil
	}
	return metrics.log(name, point{step: int64(step), time: time, value: value})
}

// comet reads a folder with offline experiments, such as COMET_OFFLINE_DIRECTORY.
func (st *store) comet(s *sheet) error {
	return st.one(s, later{is: isZip, looks: startsComet, titles: cometTitles, began: cometBegan, read: readComet})
}

func cometTitles(data []byte) []string {
	archive, err := unzip.Open(data, maxEntries)
	if err != nil {
		return nil
	}
	about, err := objectOf(archive, "experiment.json")
	if err != nil {
		return nil
	}
	titles := []string{about.at("offline_id").text()}
	if messages, err := textOf(archive, "messages.json"); err == nil {
		_ = eachLine(messages, func(line node) error { // what cannot be read is told where it is chosen
			if payload := line.at("payload"); line.at("type").text() == "log_other" && payload.at("key").text() == "Name" {
				titles = append(titles, payload.at("value").text())
			}
			return nil
		})
	}
	return titles
}

func cometBegan(data []byte) float64 {
	archive, err := unzip.Open(data, maxEntries)
	if err != nil {
		return 0
	}
	about, err := objectOf(archive, "experiment.json")
	if err != nil {
		return 0
	}
	time, _ := about.at("start_time").number()
	return time
}
