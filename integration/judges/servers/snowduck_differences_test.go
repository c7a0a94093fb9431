package servers

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

func TestAnExpectationIsMetOrDiffersAsKnownOrDisagrees(t *testing.T) {
	for name, c := range map[string]struct {
		did   string
		known map[string]difference
		code  int
		want  string
	}{
		"as the service":                    {"taken", nil, 0, "agrees in all 1"},
		"as listed":                         {"refused", map[string]difference{"append": {"refused", "its reason"}}, 0, "agrees in 0, differs as known in 1"},
		"otherwise than listed":             {"gone", map[string]difference{"append": {"refused", "its reason"}}, 1, "gone; the service: taken"},
		"not listed":                        {"refused", nil, 1, "refused; the service: taken"},
		"listed, and as the service by now": {"taken", map[string]difference{"append": {"refused", "its reason"}}, 1, "strike it off"},
	} {
		t.Run(name, func(t *testing.T) {
			e := expectation{"append", "taken", func(context.Context, pipeServer) (string, error) { return c.did, nil }}
			var out bytes.Buffer
			code := judge.Main([]string{"-cache", t.TempDir(), "-logs", t.TempDir()}, &out, []judge.Judge{{Name: "snowduck", AtLeast: 1,
				Hear: func(ctx context.Context, h *judge.Hearing) error {
					e.meet(ctx, h, nil, c.known)
					return nil
				}}})
			if code != c.code || !strings.Contains(out.String(), c.want) {
				t.Errorf("exit %d, want %d and %q: %s", code, c.code, c.want, out.String())
			}
		})
	}
}
