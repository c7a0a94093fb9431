package localsnowflake_test

import (
	"sync"
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

func TestEveryExchangeIsObservedTheLostOnesToo(t *testing.T) {
	var mu sync.Mutex
	var seen []localsnowflake.Exchange
	a := start(t, localsnowflake.Options{Observe: func(x localsnowflake.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, x)
	}})
	a.variants("A")
	token := a.open("T-STREAMING", "c", "").next()
	a.Faults().Set(localsnowflake.ActionAppendRows, fault.Times(1, fault.Always(fault.Effect{LoseAfter: true})))
	a.append("c", token, "1", "{}\n").lost()
	a.append("c", token, "1", "{}\n").expect(200, "")
	mu.Lock()
	defer mu.Unlock()
	var appends []localsnowflake.Exchange
	for _, x := range seen {
		if x.URL.Query().Get("endOffsetToken") == "1" {
			appends = append(appends, x)
		}
	}
	if len(appends) != 2 || appends[0].Status != 0 || appends[1].Status != 200 || string(appends[1].Body) != "{}\n" ||
		len(appends[1].Answer) == 0 || appends[1].Secure || appends[1].Method != "POST" {
		t.Errorf("observed %+v", appends)
	}
}
