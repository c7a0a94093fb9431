package snowpipe

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

func TestBothDriversKnowEveryCommand(t *testing.T) {
	told := regexp.MustCompile(`case "(\w+)" ->`).FindAllStringSubmatch(javaDriver, -1)
	if len(told) < 10 {
		t.Fatalf("the Java driver knows %v", told)
	}
	for _, command := range told {
		if !strings.Contains(pythonDriver, `"`+command[1]+`": `) && command[1] != "reset" { // Python's processes serve one case
			t.Errorf("the Python driver does not know %s", command[1])
		}
	}
}

func TestEveryCaseHasANameOfItsOwn(t *testing.T) {
	for _, s := range []sdk{python, java} {
		seen := map[string]bool{}
		for _, c := range casesOf(s) {
			if c.operation == "" || c.run == nil || seen[c.operation] {
				t.Errorf("%s: case %q", s.name, c.operation)
			}
			seen[c.operation] = true
		}
	}
}

func TestARepeatMustBeTheSame(t *testing.T) {
	sent := func(token, offset, body, length string) localsnowflake.Exchange {
		u := &url.URL{Path: "/rows", RawQuery: url.Values{"continuationToken": {token}, "endOffsetToken": {offset}, "requestId": {length + body}}.Encode()}
		return localsnowflake.Exchange{URL: u, Body: []byte(body), Header: map[string][]string{"Content-Length": {length}}}
	}
	for _, c := range []struct {
		name    string
		sent    []localsnowflake.Exchange
		repeats int
		wrong   bool
	}{
		{"two appends", []localsnowflake.Exchange{sent("0_1", "1", "a", "1"), sent("0_2", "2", "b", "1")}, 0, false},
		{"a repeat", []localsnowflake.Exchange{sent("0_1", "1", "a", "1"), sent("0_1", "1", "a", "1")}, 1, false},
		{"lost on its way", []localsnowflake.Exchange{sent("0_1", "1", "", "1"), sent("0_1", "1", "a", "1")}, 0, false},
		{"other bytes", []localsnowflake.Exchange{sent("0_1", "1", "a", "1"), sent("0_1", "1", "b", "1")}, 1, true},
		{"another offset", []localsnowflake.Exchange{sent("0_1", "1", "a", "1"), sent("0_1", "2", "a", "1")}, 1, true},
	} {
		if n, err := repeats(c.sent); n != c.repeats || (err != nil) != c.wrong {
			t.Errorf("%s: %d, %v", c.name, n, err)
		}
	}
}

func TestWrittenAnswersStandInColumns(t *testing.T) {
	if got, want := inColumns([][]string{{"ID", "N"}, {"größer", "1"}}), "  ID      N\n  größer  1\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
