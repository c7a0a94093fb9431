package corpus_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/integration/corpus"
)

func TestTheCorpusIsReadAndLarge(t *testing.T) {
	cases, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 400 {
		t.Errorf("%d cases, want 400 at least", len(cases))
	}
	for _, c := range cases {
		if len(c.Payload) > 10<<20 {
			t.Errorf("%s: %d bytes are more than a record has", c.Name, len(c.Payload))
		}
	}
}
