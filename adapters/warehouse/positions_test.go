package warehouse

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

func TestPlacesSortLikePositions(t *testing.T) {
	order := []messages.Position{{Seq: "9", Sub: 0}, {Seq: "10", Sub: 0}, {Seq: "10", Sub: 2}, {Seq: "10", Sub: 10}, {Seq: "10", Sub: messages.Whole}, {Seq: "11", Sub: 0}}
	for i := 1; i < len(order); i++ {
		if a, b := placeOf(order[i-1]), placeOf(order[i]); a >= b {
			t.Errorf("%s is not before %s", order[i-1], order[i])
		}
	}
}

func TestLiteralsEscapeWhatEndsThem(t *testing.T) {
	if got := literal(`a'; DROP TABLE x; --\`); got != `'a''; DROP TABLE x; --\\'` || strings.Count(got, "'")%2 != 0 {
		t.Errorf("literal is %s", got)
	}
}
