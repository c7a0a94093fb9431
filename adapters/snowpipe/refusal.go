package snowpipe

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// another asks for another credential after t was refused. tried holds the
// keys of all that were refused in this sign-in, t's included. There is one
// repeat in any case, and one more for each key that was not tried yet: two
// keys are both registered while they are rotated. ok is false when that is
// used up.
func (g *gate) another(ctx context.Context, t Token, tried []string) (next Token, ok bool, err error) {
	if source, is := g.source.(refuser); is {
		source.Refused(t)
	}
	if len(tried) > 1 && t.Key == "" {
		return t, false, nil
	}
	if next, err = g.credential(ctx); err != nil {
		return t, false, err
	}
	return next, len(tried) < 2 || !slices.Contains(tried, next.Key), nil
}

// refusal is the fault of a control host's answer. tried holds the keys that
// were refused.
func (g *gate) refusal(op operation, got *answer, token Token, tried []string) *messages.Fault {
	e := parseEnvelope(got.body)
	f := judge(op, got.status, e).fault(op, answerError("", got.status, e, token.Text))
	f.After = retryAfter(got)
	switch f.Stop {
	case messages.AccessDenied:
		f.Hint = "check the credentials of " + g.who + " at account " + g.account + keysTried(tried) + g.skew(got)
	case messages.TargetMissing:
		f.Hint = "check the account " + g.account + ": " + g.control.Host + " does not serve it"
	}
	return f
}

// keysTried names public keys, for who compares them with what DESC USER
// shows.
func keysTried(tried []string) string {
	slices.Sort(tried)
	tried = slices.DeleteFunc(slices.Compact(tried), func(key string) bool { return key == "" })
	if len(tried) == 0 {
		return ""
	}
	return "; tried with " + strings.Join(tried, " and ") + ", which DESC USER must show as RSA_PUBLIC_KEY_FP or RSA_PUBLIC_KEY_2_FP"
}

// skew names a clock that is off: the usual reason for a refused key-pair token.
func (g *gate) skew(got *answer) string {
	theirs, err := http.ParseTime(got.header.Get("Date"))
	if err != nil {
		return ""
	}
	if off := g.now().Sub(theirs).Round(time.Second); off.Abs() > 30*time.Second {
		return fmt.Sprintf("; this machine's clock is %s off the service's", off)
	}
	return ""
}
