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

// MaxPast is how many accepted versions are looked at.
const MaxPast = 100

// Past is what the accepted versions of a model measured: those that the stage of `when: merge` points at or
// pointed at, without those that were taken back.
type Past struct {
	Stage    string
	Versions []PastVersion // oldest first
	Unknown  int           // versions whose evidence the ledger does not have: other tools made them
}

// PastVersion is one of them.
type PastVersion struct {
	Version  string
	Evidence *Evidence
	Waived   []string // rules that an owner waived for it: what it fell to was accepted
}

// GatePast is what a gate saw of the accepted versions.
type GatePast struct {
	Stage    string   `json:"stage"`
	Versions []string `json:"versions"`         // that have the metric, oldest first
	Values   []Number `json:"values"`           // of them
	Without  int      `json:"without"`          // versions without a finite value, or without evidence
	Since    string   `json:"since,omitempty"`  // version from which on drops are added up
	Center   *Number  `json:"center,omitempty"` // of the band
	Spread   *Number  `json:"spread,omitempty"` // one deviation
}
