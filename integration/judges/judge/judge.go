package judge

import (
	"context"
	"time"
)

// Judge is a client or a server that is not ours, and what it is asked.
type Judge struct {
	Name    string // of the package or product, as users know it
	Version string // the one that is pinned in its Tools
	Of      string // what it is held against: "localkinesis", "connector", ...
	Tools   []Tool // what must be installed before Hear
	AtLeast int    // findings of all kinds that it makes when it is heard to the end

	// Within is the time for Hear; 0 is DefaultTime. Installing has its own.
	Within time.Duration

	// Hear asks the judge. An error means that it broke off, which counts as
	// a disagreement.
	Hear func(ctx context.Context, h *Hearing) error
}

// DefaultTime is how long a judge may take that says nothing else.
const DefaultTime = 3 * time.Minute

// Finding is what one judge says of one operation.
type Finding struct {
	Operation string `json:"operation"`
	Agrees    bool   `json:"agrees"`
	Detail    string `json:"detail"` // what was compared, with its figures

	// Known is set for a difference that is listed with its reason. It is no
	// agreement, and not a disagreement that fails a run either.
	Known bool `json:"-"`
}

// Verdict is what came of one judge.
type Verdict struct {
	Judge     Judge
	Findings  []Finding
	NotJudged string        // why its tools could not be had; "" when they could
	BrokeOff  error         // why it was not heard to the end
	Took      time.Duration // of Hear
}

// Agrees reports whether the judge was heard to the end and found no fault
// beyond the known differences.
func (v Verdict) Agrees() bool {
	return v.NotJudged == "" && len(v.Disagreements()) == 0
}

// Disagreements are the findings against, a broken-off hearing among them.
func (v Verdict) Disagreements() []Finding {
	if v.NotJudged != "" {
		return nil
	}
	var against []Finding
	for _, f := range v.Findings {
		if !f.Agrees && !f.Known {
			against = append(against, f)
		}
	}
	if v.BrokeOff != nil {
		against = append(against, Finding{Operation: "(heard to the end)", Detail: v.BrokeOff.Error()})
	}
	return against
}

// Known are the differences that are listed with their reasons.
func (v Verdict) Known() []Finding {
	if v.NotJudged != "" {
		return nil
	}
	var known []Finding
	for _, f := range v.Findings {
		if f.Known {
			known = append(known, f)
		}
	}
	return known
}
