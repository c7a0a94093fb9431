package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestASmallDemoOfAggregatesUnderFireIsExact(t *testing.T) {
	var out bytes.Buffer
	ok, err := Run(t.Context(), Options{
		Records: 3000, Shards: 2, Aggregate: 20, Duration: 2 * time.Second, KillEvery: 150 * time.Millisecond, ProcessKills: 1, Connector: connector, Out: &out,
	})
	if text := out.String(); err != nil || !ok || !strings.Contains(text, "put 3,000   in table 3,000   missing 0   doubled 0   out of order 0   values changed 0   EXACT") {
		t.Errorf("ok %v, error %v\n%s", ok, err, text)
	}
}
