package process

import (
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// sockets is the process's control socket, if there is one. It never holds the
// flow up: a process without it works, and says what it lacks.
type sockets struct {
	place   *control.Place
	server  *control.Server
	settled bool
}

// open binds the socket under data_dir.
func (s *sockets) open(p *Process) {
	if p.file.DataDir == "" {
		return
	}
	place, listener, err := control.Open(p.file.DataDir, p.Info())
	if err != nil {
		p.log.Warn().Err(err).Str("data_dir", p.file.DataDir).Msg("no control socket: status, pause and resolve cannot reach this process")
		return
	}
	s.place, s.server = place, control.Serve(listener, commands{p})
	if place.Indirect() {
		p.log.Warn().Str("socket", place.Socket()).Str("data_dir", p.file.DataDir).
			Msg("data_dir is too long a path for a unix socket: it is in the temporary directory, and process.json points at it")
	}
	s.tell(p)
}

// settle moves the socket to the node's folder once a connector has a node.
func (s *sockets) settle(p *Process, states []*messages.State) {
	if s.place == nil || s.settled {
		return
	}
	for _, state := range states {
		if state.Node == "" {
			continue
		}
		s.settled = true
		if _, err := s.place.Move(state.Node); err != nil {
			p.log.Warn().Err(err).Str("node", state.Node).Str("socket", s.place.Socket()).Msg("the control socket stays where it is")
		}
		s.tell(p)
		p.log.Debug().Str("socket", s.place.Socket()).Msg("the control socket is in its node's folder")
		return
	}
}

func (s *sockets) tell(p *Process) {
	info := p.Info()
	info.Socket = s.place.Socket()
	p.info.Store(&info)
}

func (s *sockets) close() {
	if s.place != nil {
		s.server.Close(closeGrace)
		s.place.Close()
	}
}
