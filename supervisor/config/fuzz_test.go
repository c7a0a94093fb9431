package config

import (
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
)

// FuzzLoad holds that any text loads or ends in an *Error, and that what loads
// is valid and prints, no secret among it. What a file takes for a role or a
// table's name is none, even where it is the variable of a secret.
func FuzzLoad(f *testing.F) {
	contract, err := os.ReadFile(golden("contract.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, string(contract), printed, "a: &a {<<: *a}", "<<: [1, {b: c}]", "a: ${b:${c}}", "connectors: {a.b: {aws: !x {}}}",
		strings.Replace(printed, "user: ${SNOWFLAKE_USER:KN}\n    private_key_passphrase: ${PASSPHRASE}", "user: ${PASSPHRASE}", 1),
		strings.Replace(printed, "me:secret@proxy", "${PASSPHRASE}@proxy", 1), strings.Replace(printed, "me:secret@proxy", "${PASSPHRASE}", 1)} {
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
		if err := file.Print(&out); err != nil || strings.Contains(out.String(), canary) && !inTheOpen(file) {
			t.Fatalf("print: %v\n%s", err, out.String())
		}
	})
}

// inTheOpen says whether a key that holds no secret holds the canary.
func inTheOpen(f File) (found bool) {
	f.walk(func(v value) {
		if !v.leaf {
			return
		}
		open := ""
		switch held := v.v.Interface().(type) {
		case Secret:
		case ProxyURL:
			u, err := url.Parse(held.Reveal())
			switch {
			case err != nil:
			case u.User == nil:
				open = held.Reveal()
			default:
				open = u.Host
			}
		default:
			open, _ = leafText(v.v)
		}
		found = found || strings.Contains(open, canary)
	})
	return found
}
