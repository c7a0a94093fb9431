package proxy

import (
	"bytes"
	"sync/atomic"
)

// word is a text that is looked for in answers.
type word struct {
	text []byte
	seen atomic.Int64
}

// search looks for the words in one connection's answers.
type search struct {
	words []*word
	tails [][]byte // of the piece before, shorter than each word
}

func (l *Link) watch() *search {
	return &search{words: l.words, tails: make([][]byte, len(l.words))}
}

// read takes in the next piece. A word across two pieces counts once.
func (s *search) read(piece []byte) {
	for i, w := range s.words {
		whole := piece
		if len(s.tails[i]) > 0 {
			whole = append(s.tails[i], piece...)
		}
		w.seen.Add(int64(bytes.Count(whole, w.text)))
		keep := min(len(w.text)-1, len(whole))
		tail := whole[len(whole)-keep:]
		if at := bytes.LastIndex(whole, w.text); at >= 0 && at+len(w.text) > len(whole)-keep {
			tail = whole[at+len(w.text):] // counted already
		}
		s.tails[i] = append([]byte(nil), tail...)
	}
}
