package messages

import "sync"

// PipeChannels counts the channels of one pipe for the connectors of a process
// that share it. The zero value is ready.
type PipeChannels struct {
	mu sync.Mutex
	of map[string]int
}

// Take notes that a connector has used channels, on all nodes, and shards that
// want wanting more. What it may have of those is counted as its own from now
// on, so that two that begin at the same time do not both take what is left.
// It returns how many the other connectors have; it is called again with each
// look at the connector's lease table.
func (p *PipeChannels) Take(connector string, used, wanting int) (beside int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for other, n := range p.of {
		if other != connector {
			beside += n
		}
	}
	if p.of == nil {
		p.of = map[string]int{}
	}
	p.of[connector] = used + min(wanting, ChannelRoom(used, wanting, beside))
	return beside
}

// ChannelRoom is how many channels more a connector may open on a pipe of which
// it uses used and others beside. A first start that could never be carried
// through opens none: the shards that it leaves out would expire unread while
// everything seems to work.
func ChannelRoom(used, wanting, beside int) int {
	left := max(0, MaxChannels-used-beside)
	if used == 0 && wanting > left {
		return 0
	}
	return left
}
