package ingest_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
)

func TestAKeyTwiceInOneObjectIsSeenAtEveryDepth(t *testing.T) {
	for row, want := range map[string]bool{
		`{"a":1,"b":2}`: false, `{"a":1,"a":1}`: true, `{"a":1,"\u0061":2}`: true, `{"a":"a","b":"a"}`: false,
		`{"a":{"a":1},"b":[{"a":1},{"a":2}]}`: false, `{"a":[[{"b":1,"c":{},"b":2}]]}`: true, `{"o":{"a":1},"a":1,"o":2}`: true,
		`{"a":[],"b":{},"c":null,"a":1e400}`: true, `{"a":`: false,
	} {
		if got := ingest.Repeated([]byte(row)); got != want {
			t.Errorf("%s: %v", row, got)
		}
	}
}
