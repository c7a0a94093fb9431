package localsnowflake

import (
	"net/http"
	"strconv"
	"time"
)

// bucket is a token bucket: as much at once as flows in within one second.
type bucket struct {
	level float64
	last  time.Time
}

// fill lets in what has come since the last call.
func (b *bucket) fill(perSecond int, now time.Time) {
	if b.last.IsZero() {
		b.level = float64(perSecond)
	} else {
		b.level = min(float64(perSecond), b.level+now.Sub(b.last).Seconds()*float64(perSecond))
	}
	b.last = now
}

// take takes one, if it is there.
func (b *bucket) take(perSecond int, now time.Time) bool {
	if b.fill(perSecond, now); b.level < 1 {
		return false
	}
	b.level--
	return true
}

// draw takes any amount, if anything is there: what is more than that is owed.
func (b *bucket) draw(amount, perSecond int, now time.Time) bool {
	if b.fill(perSecond, now); b.level <= 0 {
		return false
	}
	b.level -= float64(amount)
	return true
}

// throttle holds an append of so many unpacked bytes against the limits of a
// named channel (spec 1.14). Called with channels.mu held.
func (s *Server) throttle(ch *channel, size int) error {
	now := time.Now()
	if limit := s.options.AppendsPerSecond; limit > 0 && !ch.rate.take(limit, now) {
		return busy("too many appends to this channel")
	}
	if limit := s.options.UnpackedPerSecond; limit > 0 && !ch.volume.draw(size, limit, now) {
		return busy("too many bytes to this channel")
	}
	return nil
}

// throttleStatus holds a bulk status call against the limits of all of them.
func (s *Server) throttleStatus(names int) error {
	if most := s.options.NamesPerStatus; most > 0 && names > most {
		return refuse(http.StatusBadRequest, CodeInvalidRequest, "more than "+strconv.Itoa(most)+" channel_names in one call")
	}
	s.channels.mu.Lock()
	defer s.channels.mu.Unlock()
	if limit := s.options.StatusCallsPerSecond; limit > 0 && !s.statusRate.take(limit, time.Now()) {
		return busy("too many status calls")
	}
	return nil
}

// busy refuses what may be asked again in a second.
func busy(message string) error {
	r := refuse(http.StatusTooManyRequests, statusQueueFull, message)
	r.Header = http.Header{"Retry-After": {"1"}}
	return r
}
