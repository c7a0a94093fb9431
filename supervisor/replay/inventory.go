package replay

import (
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/messages"
)

// Inventory is a look at a connector's dead letters. Its JSON is stable.
type Inventory struct {
	Connector string       `json:"connector"`
	Folder    string       `json:"folder"`
	Letters   int64        `json:"letters"` // that were chosen, each once
	Waiting   int64        `json:"waiting"` // of them, those that were not sent again
	Replayed  int64        `json:"replayed"`
	Copies    int64        `json:"copies,omitempty"`     // put again after a crash, in the whole folder
	BadLines  int          `json:"badLines,omitempty"`   // that are no letters, in the whole folder
	Causes    []CauseCount `json:"causes"`               // of those that wait, the most frequent first
	Unended   string       `json:"unfinished,omitempty"` // replay that is not over
	Shown     []Letter     `json:"shown"`                // those that arrived last, oldest first
}

// Letter is one dead letter as it is shown.
type Letter struct {
	Shard        messages.ShardID `json:"shard"`
	Seq          string           `json:"seq"`
	Sub          string           `json:"sub"`
	Stream       string           `json:"stream"`
	PartitionKey string           `json:"partitionKey,omitempty"`
	Arrival      time.Time        `json:"arrival,omitzero"`
	Cause        string           `json:"cause"`              // the newest that is known
	Rendered     bool             `json:"rendered,omitempty"` // the payload is the rows that were made of the record
	Bytes        int              `json:"bytes"`
	State        State            `json:"state"`
	Replays      []LetterReplay   `json:"replays,omitempty"`
	Preview      string           `json:"preview"`           // the beginning of the payload, printable
	Payload      []byte           `json:"payload,omitempty"` // once Whole was called; base64 in JSON

	raw []byte
}

// State is what became of a letter.
type State string

// The states.
const (
	Waiting  State = "waiting"
	Sending  State = "sending" // by a replay that is not over
	Replayed State = "replayed"
)

// LetterReplay is one time that a letter was sent again.
type LetterReplay struct {
	ID    string    `json:"id"`
	Table string    `json:"table"`
	At    time.Time `json:"at"`
}

// previewed is how much of a payload is shown, in characters.
const previewed = 60

// Letters lists a connector's dead letters: all are counted, the limit that
// arrived last are shown. Nothing is written, and a connector may put letters
// meanwhile.
func Letters(dataDir, name string, c Choice, limit int) (*Inventory, error) {
	if dataDir == "" {
		return nil, refuse("data_dir is not set: there are no dead letters")
	}
	s, err := openShelf(Folder(dataDir, name))
	if err != nil {
		return nil, err
	}
	inv := &Inventory{Connector: name, Folder: s.dir, Copies: s.copies, BadLines: s.bad, Shown: []Letter{}}
	if u := s.unfinished(); u != nil {
		inv.Unended = u.ID
	}
	counts := map[string]int64{}
	chosen := slices.DeleteFunc(slices.Clone(s.entries), func(e *entry) bool { return !e.chosen(c) })
	for _, e := range chosen {
		inv.Letters++
		if len(e.sent) > 0 {
			inv.Replayed++
			continue
		}
		inv.Waiting++
		counts[e.why()]++
	}
	inv.Causes = countCauses(counts)
	slices.SortStableFunc(chosen, func(a, b *entry) int { return a.arrival.Compare(b.arrival) })
	for _, e := range chosen[max(0, len(chosen)-max(0, limit)):] {
		letter, err := deadletter.At(s.dir, e.where)
		if err != nil {
			return nil, err
		}
		inv.Shown = append(inv.Shown, e.shown(letter))
	}
	return inv, nil
}

// Whole adds the whole payload to every letter that is shown.
func (i *Inventory) Whole() *Inventory {
	for k := range i.Shown {
		i.Shown[k].Payload = i.Shown[k].raw
	}
	return i
}

func (e *entry) shown(l *messages.Letter) Letter {
	shown := Letter{
		Shard: l.Shard, Seq: l.Seq, Sub: l.Sub, Stream: l.Stream, PartitionKey: l.PartitionKey, Arrival: l.Arrival,
		Cause: e.why(), Rendered: l.Rendered, Bytes: len(l.Payload), State: Waiting, raw: l.Payload,
		Preview: clip(printable(string(l.Payload[:min(len(l.Payload), 4*previewed)])), previewed),
	}
	for _, p := range e.sent {
		shown.State = Sending
		if p.Outcome != nil {
			shown.State = Replayed
			shown.Replays = append(shown.Replays, LetterReplay{p.ID, p.Target(), p.Outcome.At})
		}
	}
	return shown
}
