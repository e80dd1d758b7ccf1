package mlgate

// Band says how far a number may lie from those of the last accepted versions.
type Band struct {
	Over       int     `json:"over"`             // versions that are looked at, the newest ones
	Deviations float64 `json:"deviations"`       // allowed, in the unit of their deviation (1.48 × MAD)
	Weight     float64 `json:"weight,omitempty"` // of the newest in an exponentially weighted average; 0: their median
}

// The keys of mlops.yaml for limits that the accepted versions give.
const (
	RatchetKey      = "ratchet"
	BandKey         = "band"
	MaxTotalDropKey = "max_total_drop"
	MaxTotalRiseKey = "max_total_rise"
)

// OfPast reports whether a rule looks at accepted versions.
func (r GateRule) OfPast() bool {
	return r.Ratchet != nil || r.Band != nil || r.MaxTotalDrop != nil || r.MaxTotalRise != nil
}

// PastKey is the first key of mlops.yaml by which a rule looks at accepted versions.
func (r GateRule) PastKey() string {
	switch {
	case r.Ratchet != nil:
		return RatchetKey
	case r.MaxTotalDrop != nil:
		return MaxTotalDropKey
	case r.MaxTotalRise != nil:
		return MaxTotalRiseKey
	}
	return BandKey
}

// MaxBand is how many accepted versions a band looks at, at most.
const MaxBand = 100

// Past is what the accepted versions of a model measured: those that the stage of `when: merge` points at or
// pointed at, without those that were taken back.
type Past struct {
	Stage    string
	Versions []PastVersion // the newest, oldest first
	Unknown  int           // versions beside them whose evidence the ledger does not have: other tools made them
	Before   *PastRecord   // what the verdict on the oldest of them says of all before; nil: there are none
}

// PastVersion is one of them.
type PastVersion struct {
	PastSource
	Measured *Evidence
	Waived   []string // rules that an owner waived for it: what it fell to was accepted
}

// PastSource says where a number comes from.
type PastSource struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Evidence Digest `json:"evidence"`
}

// PastRecord is what a verdict hands on of the versions that were accepted before the one that it judges. It
// is sealed with the verdict, which the move to the stage names, and the move's tag names that: so one
// look at the newest version tells what all of them measured, and no tag that is deleted or added later
// changes it.
type PastRecord struct {
	Stage    string       `json:"stage"`
	Count    int          `json:"count"`    // versions, also those that measured nothing
	Names    []string     `json:"names"`    // or patterns of metrics: all that those versions have of them is in Metrics
	Versions []PastSource `json:"versions"` // that Metrics name, by version
	Metrics  []PastMetric `json:"metrics"`  // by name
}

// PastMetric is what versions measured of one metric at the ends.
type PastMetric struct {
	Metric string    `json:"metric"`
	Count  int       `json:"count"` // versions that have a finite value of it
	Ever   PastSpan  `json:"ever"`
	Since  *PastSpan `json:"since,omitempty"` // the newest version for which an owner waived its gate; absent: there is none
}

// PastSpan are the ends of what was measured from one version on.
type PastSpan struct {
	From      string `json:"from"` // version: the first that has the metric
	Highest   Number `json:"highest"`
	HighestAt string `json:"highest_at"` // version: the first with that value
	Lowest    Number `json:"lowest"`
	LowestAt  string `json:"lowest_at"`
}

// GatePast is what a gate saw of the accepted versions.
type GatePast struct {
	Stage    string    `json:"stage"`
	Count    int       `json:"count"`              // versions that have a finite value of the metric
	Without  int       `json:"without"`            // versions that have none, or no evidence
	Ever     *PastSpan `json:"ever,omitempty"`     // ends of what all of them measured
	Total    *PastSpan `json:"total,omitempty"`    // ends since the version from which on drops are added up
	Needs    int       `json:"needs,omitempty"`    // versions that the gate needs and that are not there yet; 0: there are enough
	Versions []string  `json:"versions,omitempty"` // that a band looks at, oldest first
	Values   []Number  `json:"values,omitempty"`   // of them
	Center   *Number   `json:"center,omitempty"`   // of the band
	Spread   *Number   `json:"spread,omitempty"`   // one deviation
}
