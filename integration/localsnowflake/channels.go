package localsnowflake

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// channelKey finds a channel. Names in paths are case-insensitive (spec 1.2);
// a pipe that was replaced has another ID, and none of the old channels.
type channelKey struct {
	pipe int64
	name string // upper case
}

func keyOf(pipe *catalog.Pipe, name string) channelKey {
	return channelKey{pipe: pipe.ID, name: strings.ToUpper(name)}
}

// channels are all channels in memory. mu is never held across a call of the
// catalog or the store.
type channels struct {
	mu    sync.Mutex
	byKey map[channelKey]*channel
	// retired is the last client sequencer of channels that are gone, by full
	// name, so that none repeats under one name.
	retired     map[string]int64
	expired     map[channelKey]bool // gone by age: another error code
	lastCreated int64               // created_on_ms never repeats
	serving     map[channelKey]int  // appends whose answer is not written yet
	look        time.Time           // when the committer looks again by itself
}

func newChannels() *channels {
	return &channels{byKey: map[channelKey]*channel{}, retired: map[string]int64{}, expired: map[channelKey]bool{}, serving: map[channelKey]int{}}
}

// path is a channel's full name, the key of what outlives it.
func (r *record) path() string {
	return strings.Join([]string{r.Database, r.Schema, r.Pipe, strings.ToUpper(r.Name)}, "\x1f")
}

// find returns a channel, or a refusal with 404. Called with mu held.
func (c *channels) find(key channelKey, now time.Time) (*channel, error) {
	if ch := c.byKey[key]; ch != nil {
		if now.Sub(time.UnixMilli(ch.UsedAtMs)) < idleLife || len(ch.pending) > 0 {
			return ch, nil
		}
		c.remove(ch)
		c.expired[key] = true
	}
	if c.expired[key] {
		return nil, refuse(404, CodeChannelExpired, "channel has expired")
	}
	return nil, refuse(404, CodeChannelMissing, "channel does not exist or is not authorized")
}

// create makes a channel that was not there. Called with mu held.
func (c *channels) create(pipe *catalog.Pipe, name, role string, now time.Time) *channel {
	key := keyOf(pipe, name)
	c.lastCreated = max(now.UnixMilli(), c.lastCreated+1)
	ch := &channel{pipe: pipe, record: record{
		Database: pipe.Database, Schema: pipe.Schema, Pipe: pipe.Name, PipeID: pipe.ID,
		Name: name, CreatedOnMs: c.lastCreated,
	}}
	if last, ok := c.retired[ch.path()]; ok {
		ch.Client = last + 1
	}
	ch.begin(role, now)
	c.byKey[key] = ch
	delete(c.expired, key)
	return ch
}

// remove forgets a channel with its offset token. Called with mu held.
func (c *channels) remove(ch *channel) {
	ch.gone = true
	ch.discard()
	c.retired[ch.path()] = max(ch.Client, c.retired[ch.path()])
	delete(c.byKey, keyOf(ch.pipe, ch.Name))
}

// ofPipe counts a pipe's channels. Called with mu held.
func (c *channels) ofPipe(pipe int64) (n int) {
	for key := range c.byKey {
		if key.pipe == pipe {
			n++
		}
	}
	return n
}

// named lists the channels of a name, in any pipe. Called with mu held.
func (c *channels) named(name string) (list []*channel) {
	for key, ch := range c.byKey {
		if key.name == strings.ToUpper(name) {
			list = append(list, ch)
		}
	}
	return list
}

// sorted lists all channels by full name. Called with mu held.
func (c *channels) sorted() []*channel {
	list := make([]*channel, 0, len(c.byKey))
	for _, ch := range c.byKey {
		list = append(list, ch)
	}
	slices.SortFunc(list, func(a, b *channel) int { return cmp.Compare(a.path(), b.path()) })
	return list
}
