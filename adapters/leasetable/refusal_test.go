package leasetable_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

// taciturn leaves the item out of refusals, as servers do that do not know
// ReturnValuesOnConditionCheckFailure.
type taciturn struct{}

func (taciturn) Do(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != http.StatusBadRequest {
		return res, err
	}
	defer res.Body.Close()
	var refusal map[string]any
	if err := json.NewDecoder(res.Body).Decode(&refusal); err != nil {
		return nil, err
	}
	delete(refusal, "Item")
	text, err := json.Marshal(refusal)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	res.Header.Del("X-Amz-Crc32")
	return res, err
}

// openTaciturn is open, through a server that leaves the item out of refusals.
func (w *world) openTaciturn() *leasetable.Table {
	return leasetable.New(leasetable.Config{
		AWS: awsConfig(), Endpoint: w.server.URL(), Application: application, Stream: streamName,
		Now: func() time.Time { return noon }, HTTPClient: taciturn{},
	})
}

func TestALostLeaseSaysWhoHasItWhereARefusalNamesNoItem(t *testing.T) {
	w := prepared(t)
	w.claim()
	_, err := w.openTaciturn().Begin(t.Context(), shard, other, 1, lease)
	w.wantLost(err)
	if !strings.Contains(err.Error(), string(me)) {
		t.Errorf("error %q does not name the owner found", err)
	}
}

func TestALostAnswerIsNoLostLeaseWhereARefusalNamesNoItem(t *testing.T) {
	w := prepared(t)
	table := w.openTaciturn()
	w.once(fault.Effect{LoseAfter: true})
	row, err := table.Claim(t.Context(), w.row(shard), me, lease)
	w.must(err)
	if got := w.row(shard); row.Nonce != got.Nonce || row.Owner != me || got.Counter != 1 {
		t.Errorf("returned %+v, the table has %+v", row, got)
	}
	w.once(fault.Effect{LoseAfter: true})
	row, err = table.WritePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: 1, Committed: token("5")})
	w.must(err)
	if row.WriteNo != 1 || row.Committed != token("5") {
		t.Errorf("row = %+v", row)
	}
}

func TestAnOvertakenPositionIsSuccessWhereARefusalNamesNoItem(t *testing.T) {
	w := prepared(t)
	w.claim()
	table := w.openTaciturn()
	for _, n := range []int64{4, 3} {
		row, err := table.WritePosition(t.Context(), shard, me, 1, messages.PositionWrite{WriteNo: n, Committed: token("9")})
		w.must(err)
		if row.WriteNo != 4 {
			t.Errorf("write %d left writeNo %d, want 4", n, row.WriteNo)
		}
	}
}

func TestAStreamIsDecidedOnceWhereARefusalNamesNoItem(t *testing.T) {
	w := prepared(t)
	first, second := messages.StreamRow{ARN: "arn:1", Position: "LATEST", CreatedAt: noon}, messages.StreamRow{ARN: "arn:2", Position: "TRIM_HORIZON", CreatedAt: noon}
	_, err := w.table.CreateStream(t.Context(), first)
	w.must(err)
	row, err := w.openTaciturn().CreateStream(t.Context(), second)
	w.must(err)
	if row.ARN != "arn:1" || row.Position != "LATEST" {
		t.Errorf("row = %+v, want the first decision", row)
	}
}
