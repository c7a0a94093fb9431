package localsnowflake

import (
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// pipeChannels shows SQL the channels of a pipe.
type pipeChannels struct{ server *Server }

// Channels lists a pipe's channels by name.
func (p pipeChannels) Channels(pipe *catalog.Pipe) []sql.Channel {
	var list []sql.Channel
	for _, ch := range p.server.Channels() {
		if ch.Database == pipe.Database && ch.Schema == pipe.Schema && ch.Pipe == pipe.Name {
			list = append(list, sql.Channel{Name: ch.Name, OffsetToken: ch.Committed, ClientSequencer: ch.ClientSequencer,
				RowSequencer: ch.RowSequencer, CreatedOn: time.UnixMilli(ch.CreatedOnMs).UTC()})
		}
	}
	return list
}

// Invalidate makes a channel useless until it is opened again.
func (p pipeChannels) Invalidate(pipe *catalog.Pipe, channelName string) bool {
	found := false
	err := p.server.control(channelName, func(ch *channel) []rowstore.State {
		if ch.PipeID == pipe.ID {
			found = true
			ch.invalidate(CodeMustReopen, "the channel was invalidated")
		}
		return nil
	})
	return err == nil && found
}
