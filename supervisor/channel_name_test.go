package supervisor

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// TestChannelNamesAreAsP3SaysAndNeverChange: a name that changed would leave
// its token behind, and every record would be read again.
func TestChannelNamesAreAsP3SaysAndNeverChange(t *testing.T) {
	s := messages.Stream{Name: "Orders", ARN: "arn:aws:kinesis:eu-west-1:000000000000:stream/Orders", CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	sum := sha256.Sum256([]byte("My-App\narn:aws:kinesis:eu-west-1:000000000000:stream/Orders\n1767323045"))
	got := ChannelName("My-App", &s, "shardId-000000000003")
	if want := "my-app-orders-" + hex.EncodeToString(sum[:5]) + "-shardId-000000000003"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if want := "my-app-orders-dc3cc42b83-shardId-000000000003"; got != want {
		t.Errorf("%s, want the name ever used: %s", got, want)
	}
	same := s
	same.CreatedAt = s.CreatedAt.Add(999 * time.Millisecond).In(time.FixedZone("", 3600))
	same.Retention, same.Now = time.Hour, time.Now()
	if other := ChannelName("My-App", &same, "shardId-000000000003"); other != got {
		t.Errorf("part of a second, a zone or the retention changed the name: %s", other)
	}
}

// TestWhatIsAnotherStreamHasAnotherChannel: application, stream, its creation
// and the shard all count, also where only the case differs.
func TestWhatIsAnotherStreamHasAnotherChannel(t *testing.T) {
	s := messages.Stream{Name: "orders", ARN: "arn:1", CreatedAt: time.Unix(1700000000, 0)}
	anew, elsewhere := s, s
	anew.CreatedAt = s.CreatedAt.Add(time.Second)
	elsewhere.ARN = "arn:2"
	names := map[string]string{}
	for what, name := range map[string]string{
		"it":                  ChannelName("app", &s, "shardId-000000000003"),
		"another shard":       ChannelName("app", &s, "shardId-000000000004"),
		"another application": ChannelName("app2", &s, "shardId-000000000003"),
		"its upper case":      ChannelName("App", &s, "shardId-000000000003"),
		"created anew":        ChannelName("app", &anew, "shardId-000000000003"),
		"another account's":   ChannelName("app", &elsewhere, "shardId-000000000003"),
	} {
		if was, taken := names[name]; taken {
			t.Errorf("%s and %s are both %s", was, what, name)
		}
		names[name] = what
	}
}
