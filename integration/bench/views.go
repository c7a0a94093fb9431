package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// view is where one record's members are in an answer's body.
type view struct {
	data, sequence, key []byte
	arrival             int64 // ms since 1970
}

// page is one GetRecords answer.
type page struct {
	views    []view
	iterator string
}

// read finds the records in a body: one pass, no allocation once views has
// grown, members in any order. It is the ceiling's own decoder, so that the
// connector's is measured against other code than itself.
func (p *page) read(body []byte) error {
	p.views, p.iterator = p.views[:0], ""
	s := scanner{b: body}
	s.take('{')
	for more := s.peek() != '}'; more && !s.bad; more = s.next('}') {
		switch name := s.text(); s.colon(name) {
		case "Records":
			s.take('[')
			for more := s.peek() != ']'; more && !s.bad; more = s.next(']') {
				p.views = append(p.views, s.record())
			}
			s.close(']')
		case "NextShardIterator":
			p.iterator = string(s.text())
		default:
			s.scalar()
		}
	}
	if s.bad || s.i != len(body)-1 {
		return fmt.Errorf("not a GetRecords answer, at byte %d", s.i)
	}
	return nil
}

// scanner is a place in a body. Once bad it stays bad.
type scanner struct {
	b   []byte
	i   int
	bad bool
}

func (s *scanner) record() (v view) {
	s.take('{')
	for more := true; more && !s.bad; more = s.next('}') {
		switch name := s.text(); s.colon(name) {
		case "Data":
			v.data = s.text()
		case "SequenceNumber":
			v.sequence = s.text()
		case "PartitionKey":
			if v.key = s.text(); bytes.IndexByte(v.key, '\\') >= 0 {
				s.bad = true // the canned keys hold no escape
			}
		case "ApproximateArrivalTimestamp":
			v.arrival = s.millis()
		default:
			s.scalar()
		}
	}
	s.close('}')
	s.bad = s.bad || len(v.sequence) == 0
	return v
}

func (s *scanner) peek() byte {
	if s.i >= len(s.b) {
		s.bad = true
		return 0
	}
	return s.b[s.i]
}

func (s *scanner) take(c byte) {
	if s.peek() != c {
		s.bad = true
		return
	}
	s.i++
}

// next goes on behind a comma; false at the closing bracket, where it stays.
func (s *scanner) next(closing byte) bool {
	switch s.peek() {
	case ',':
		s.i++
		return true
	case closing:
		return false
	}
	s.bad = true
	return false
}

func (s *scanner) close(c byte) { s.take(c) }

func (s *scanner) colon(name []byte) string {
	s.take(':')
	return string(name) // compared only: no allocation
}

// text reads a string that holds no quote.
func (s *scanner) text() []byte {
	s.take('"')
	n := -1
	if !s.bad {
		n = bytes.IndexByte(s.b[s.i:], '"')
	}
	if n < 0 {
		s.bad = true
		return nil
	}
	text := s.b[s.i : s.i+n]
	s.i += n + 1
	return text
}

// scalar passes over a number or a literal, and returns it.
func (s *scanner) scalar() []byte {
	begin := s.i
	for c := s.peek(); !s.bad && c != ',' && c != '}' && c != ']'; c = s.peek() {
		s.i++
	}
	return s.b[begin:s.i]
}

// millis reads seconds as the service writes them, d.dddddddddE9, exactly.
func (s *scanner) millis() int64 {
	text := s.scalar()
	whole := int64(0)
	if len(text) > 4 && text[1] == '.' && text[len(text)-2] == 'E' && text[len(text)-1] == '9' {
		digits := 1
		whole = int64(text[0] - '0')
		for _, c := range text[2 : len(text)-2] {
			whole, digits = whole*10+int64(c-'0'), digits+1
		}
		for ; digits < 13; digits++ {
			whole *= 10
		}
		return whole
	}
	seconds, err := strconv.ParseFloat(string(text), 64)
	s.bad = s.bad || err != nil
	return int64(seconds*1000 + 0.5)
}

var errEmptyPage = errors.New("an answer without records before the end")
