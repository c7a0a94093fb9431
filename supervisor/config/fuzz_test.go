package config

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// FuzzLoad holds that any text loads or ends in an *Error, and that what loads
// prints and is valid.
func FuzzLoad(f *testing.F) {
	contract, err := os.ReadFile(golden("contract.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, string(contract), printed, "a: &a {<<: *a}", "<<: [1, {b: c}]", "a: ${b:${c}}", "connectors: {a.b: {aws: !x {}}}"} {
		f.Add(seed)
	}
	w := printedWorld()
	f.Fuzz(func(t *testing.T, text string) {
		file, err := w.load(text)
		if err != nil {
			var typed *Error
			if !errors.As(err, &typed) || len(typed.Problems) == 0 {
				t.Fatalf("error is %#v", err)
			}
			return
		}
		if err := file.Validate(); err != nil {
			t.Fatalf("what loaded is not valid: %v", err)
		}
		var out strings.Builder
		if err := file.Print(&out); err != nil || strings.Contains(out.String(), canary) {
			t.Fatalf("print: %v\n%s", err, out.String())
		}
	})
}
