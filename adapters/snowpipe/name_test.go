package snowpipe

import (
	"strings"
	"testing"
)

func TestNamesTravelQuotedWhereTheyMustBe(t *testing.T) {
	for exact, want := range map[string]string{
		"ORDERS": "ORDERS", "_A1$": "_A1$", "orders": `"orders"`, "1A": `"1A"`, `A"B`: `"A""B"`, "A B": `"A B"`, "Ö": `"Ö"`, "A-STREAMING": `"A-STREAMING"`,
	} {
		if got := PathName(exact); got != want {
			t.Errorf("PathName(%s) = %s, want %s", exact, got, want)
		}
	}
	for exact, want := range map[string]string{
		DefaultPipe("ORDERS"): "ORDERS-STREAMING", DefaultPipe("my_table"): `"my_table-STREAMING"`,
		"MYPIPE": "MYPIPE", "my-pipe": `"my-pipe"`, "-STREAMING": `"-STREAMING"`,
	} {
		if got := PipePathName(exact); got != want {
			t.Errorf("PipePathName(%s) = %s, want %s", exact, got, want)
		}
	}
	if got, want := pipePath("D/B", "s;s", DefaultPipe("t")), `databases/%22D%2FB%22/schemas/%22s%3Bs%22/pipes/%22t-STREAMING%22`; got != want {
		t.Errorf("pipePath = %s, want %s", got, want)
	}
}

func TestReservedChannelNamesAreRefused(t *testing.T) {
	for _, name := range []string{"", ".", "..", "ELASTIC", "elastic", "a\nb", "\xff", strings.Repeat("a", 256)} {
		if checkChannel(name) == nil {
			t.Errorf("channel %q was taken", name)
		}
	}
	for _, name := range []string{"A-0", "kinesnow-orders-0123456789-shardId-000000000003", "node@host:res:1", "a/b"} {
		if err := checkChannel(name); err != nil {
			t.Errorf("channel %q: %v", name, err)
		}
	}
}
