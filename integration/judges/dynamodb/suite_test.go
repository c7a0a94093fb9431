package dynamodb

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// hear holds a hearing in which a localdynamo with a fault plays the judge.
func hear(t *testing.T, spoil func(*fault.Injector), ask func(context.Context, *trial) error) (int, string) {
	t.Helper()
	urls := map[string]string{}
	for _, name := range []string{"", dynamoDBLocal, dynalite} {
		s, err := localdynamo.Start(localdynamo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if name != "" && spoil != nil {
			spoil(s.Faults())
		}
		urls[name] = s.URL()
	}
	var out bytes.Buffer
	code := judge.Main([]string{"-cache", t.TempDir(), "-logs", t.TempDir()}, &out, []judge.Judge{{Name: dynamoDBLocal, Version: "1", Of: "a test",
		Hear: func(ctx context.Context, h *judge.Hearing) error {
			return ask(ctx, &trial{hearing: h, judge: dynamoDBLocal, urls: urls, met: map[int]int{}})
		}}})
	return code, out.String()
}

// chapters sends the chapters with a name, all of them for "".
func chapters(name string) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) error {
		for _, c := range suite() {
			if name != "" && c.name != name {
				continue
			}
			if err := t.chapter(ctx, c); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestServersThatAnswerAlikeAgreeInEveryChapter(t *testing.T) {
	if code, said := hear(t, nil, chapters("")); code != 0 {
		t.Error(said)
	}
	n := 0
	for _, c := range suite() {
		n += len(c.requests)
	}
	if n < 1500 {
		t.Errorf("the suite has only %d requests", n)
	}
}

func TestAnotherAnswerIsADisagreement(t *testing.T) {
	spoil := func(f *fault.Injector) {
		f.Set("Query", func(c fault.Call) fault.Effect {
			if c.N != 5 {
				return fault.Effect{}
			}
			return fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "ValidationException", Message: "no such luck"}}
		})
	}
	code, said := hear(t, spoil, chapters("Query"))
	if code == 0 || !strings.Contains(said, "no such luck") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestADifferenceThatIsMeantIsKnownAndNoAgreement(t *testing.T) {
	spoil := func(f *fault.Injector) {
		f.Set("Query", func(c fault.Call) fault.Effect {
			if c.N != 5 {
				return fault.Effect{}
			}
			return fault.Effect{Refuse: &fault.Refusal{Status: 500, Code: "InternalFailure", Message: "no such luck"}}
		})
	}
	before := differences
	differences = []difference{meant(dynamoDBLocal, `^Query `, `no such luck`, every, "a reason of this test alone")}
	defer func() { differences = before }()
	code, said := hear(t, spoil, chapters("Query"))
	if code != 0 || !strings.Contains(said, "differs as known in 1") || !strings.Contains(said, "1 differ as is meant") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestWhatBothServersTakeAndLocaldynamoRefusesIsNoKnownDifference(t *testing.T) {
	r := request{operation: "PutItem", body: `{}`}
	taken, refusal := answer{status: 200}, answer{status: 400, code: "ValidationException", text: "no"}
	covered := func(other answer) bool {
		tr := &trial{judge: dynalite}
		return tr.explains(r, taken, refusal, other) >= 0
	}
	if !covered(answer{status: 400, code: "ValidationException", text: "in words of its own"}) {
		t.Error("DynamoDB Local refuses it, too, and it is no known difference")
	}
	if covered(taken) {
		t.Error("both servers take it, and it passes for a known difference")
	}
	if covered(answer{}) {
		t.Error("DynamoDB Local was not asked, and it passes for a known difference")
	}
}

func TestADifferenceThatIsNotMetIsADisagreement(t *testing.T) {
	code, said := hear(t, nil, func(_ context.Context, tr *trial) error {
		tr.reportStale()
		return nil
	})
	if code == 0 || !strings.Contains(said, "never met") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestTwoWinnersOfARaceAreADisagreement(t *testing.T) {
	generous := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{}`)) }))
	defer generous.Close()
	if err := race(t.Context(), generous.URL); err == nil || !strings.Contains(err.Error(), "20 of 20 won") {
		t.Errorf("a server where everybody wins: %v", err)
	}
}

func TestEveryDifferenceHasAReason(t *testing.T) {
	for _, d := range differences {
		if len(d.why) < 20 || d.judge != dynamoDBLocal && d.judge != dynalite {
			t.Errorf("difference of %q: %q", d.judge, d.why)
		}
	}
}

func TestAnswersAreComparedWithoutWhatIsEachServersOwn(t *testing.T) {
	table := func(arn string, set, list []any) answer {
		return answer{body: normal("", map[string]any{"TableArn": arn, "s": map[string]any{"SS": set}, "l": map[string]any{"L": list}})}
	}
	xy, yx := []any{"x", "y"}, []any{"y", "x"}
	one := table("a", xy, xy)
	if !equal(one, table("b", yx, xy), false) {
		t.Error("another ARN or another order of a set counts as a difference")
	}
	if equal(one, table("a", xy, yx), false) {
		t.Error("another order of a list counts as none")
	}
}
