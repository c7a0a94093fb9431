package doctor

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTheReasonOfADenialIsTakenFromAWSWords(t *testing.T) {
	for said, want := range map[string]string{
		"kinesis.ListShards: AccessDeniedException: User: u is not authorized to perform: kinesis:ListShards on resource: r because no identity-based policy allows the kinesis:ListShards action (check (this))": "no identity-based policy allows it",
		"AccessDeniedException: User: u is not authorized to perform: a on resource: r because no permissions boundary allows the a action":                                                                       "no permissions boundary allows it",
		"AccessDeniedException: User: u is not authorized to perform: a on resource: r with an explicit deny in an identity-based policy (grant a)":                                                               "explicit deny in an identity-based policy",
		"AccessDeniedException: no": "AccessDeniedException",
	} {
		if got := whyDenied(errors.New(said)); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}

func TestClocksAreComparedAsExactlyAsADateTells(t *testing.T) {
	now := time.Date(2026, 10, 2, 12, 0, 0, 700e6, time.UTC)
	for _, c := range []struct {
		theirs time.Duration
		want   string
	}{{0, "in step with"}, {700 * time.Millisecond, "in step with"}, {-400 * time.Millisecond, "in step with"}, {10 * time.Minute, "10m0s behind"}, {-10 * time.Minute, "10m0s ahead of"}, {-40 * time.Second, "40s ahead of"}} {
		off, ok := offBy(now.Add(c.theirs).Format(http.TimeFormat), now, now.Add(300*time.Millisecond))
		if got := beside(off); !ok || got != c.want {
			t.Errorf("a clock that is %s: %q (%s), want %q", c.theirs, got, off, c.want)
		}
	}
	if _, ok := offBy("yesterday", now, now); ok {
		t.Error("an unreadable date was read")
	}
}

func TestAChannelNamesItsApplication(t *testing.T) {
	for channel, want := range map[string]string{
		"kinesnow-orders-orders-0123456789-shardId-000000000003": "kinesnow-orders",
		"a-b-c-orders-0123456789-shardid-000000000003":           "a-b-c",
		"app-others-0123456789-shardId-000000000003":             "",
		"app-orders-01234-shardId-000000000003":                  "",
		"OPENFLOW-0":                                             "",
	} {
		if got, ok := applicationOf(channel, "Orders"); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q %t, want %q", channel, got, ok, want)
		}
	}
}

func TestWhatServicesSayIsShortened(t *testing.T) {
	if got := words(errors.New("a\nb " + strings.Repeat("ü", 300))); strings.Contains(got, "\n") || len(got) > maxText+3 || !strings.HasSuffix(got, "ü...") {
		t.Errorf("%q", got)
	}
}

func TestTheMostUrgentExitCodeWins(t *testing.T) {
	for _, c := range []struct {
		codes []int
		want  int
	}{{nil, 0}, {[]int{0, 2}, 2}, {[]int{2, 69}, 69}, {[]int{69, 77, 2}, 77}, {[]int{77, 78}, 78}} {
		if got := Worst(c.codes...); got != c.want {
			t.Errorf("%v: %d, want %d", c.codes, got, c.want)
		}
	}
}

func TestAProxysPasswordIsNotTold(t *testing.T) {
	if got := hostOf("http://user:secret@proxy:3128"); got != "proxy:3128" {
		t.Errorf("%q", got)
	}
	if got := hostOf("user:secret@proxy"); strings.Contains(got, "secret") {
		t.Errorf("%q", got)
	}
}
