package messages

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// formerly is what each kind that is only read said in its stored bytes, and
// says now. The bytes are those that its release wrote: they are never made
// anew.
var formerly = map[Kind]Event{
	kindHealthChangedV1: &HealthChanged{
		From: Starting, To: Flowing, Why: "both ends were reached", At: time.Date(2026, 3, 4, 5, 6, 7, 89_000_000, time.UTC),
	},
}

func TestAnEventOfAnOlderVersionIsReadInThePresentShape(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "events", "older", "*.golden"))
	if err != nil || len(files) != len(formerly) {
		t.Fatalf("%d stored kinds, %d known (%v)", len(files), len(formerly), err)
	}
	for _, file := range files {
		kind := Kind(strings.TrimSuffix(filepath.Base(file), ".golden"))
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		body, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(kind, body)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		at := reflect.ValueOf(got).Elem().FieldByName("At")
		at.Set(reflect.ValueOf(at.Interface().(time.Time).UTC()))
		if want := formerly[kind]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %+v, want %+v", kind, got, want)
		}
		if got.Kind() == kind {
			t.Errorf("%s is read as itself: it would be written again", kind)
		}
	}
}

func TestABodyThatIsNoneOfAnOlderKindIsAnError(t *testing.T) {
	for kind := range formerly {
		if e, err := Decode(kind, []byte{0xc1}); err == nil || !strings.Contains(err.Error(), string(kind)) {
			t.Errorf("%s: %v, %v; want an error with the kind", kind, e, err)
		}
	}
}
