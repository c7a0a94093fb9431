package demo

import (
	"fmt"
	"io"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// view shows a run while it lasts.
type view interface {
	show(*snapshot)
	close() // may be called again
}

func newView(o Options) view {
	if o.Live {
		return newLiveView(o)
	}
	return &plainView{w: o.Out}
}

// plainEvery is how often a line is written where nobody can see a live view.
const plainEvery = 3 * time.Second

// plainView writes a line now and then.
type plainView struct {
	w    io.Writer
	next time.Duration
}

func (v *plainView) show(s *snapshot) {
	if s.elapsed < v.next {
		return
	}
	v.next = s.elapsed.Truncate(plainEvery) + plainEvery
	fmt.Fprintln(v.w, plainLine(s))
}

func (v *plainView) close() {}

func plainLine(s *snapshot) string {
	return fmt.Sprintf("%3.0f s   put %s (%s/s)   in table %s (%s/s)   lag p50 %s p99 %s   killed %d actors (%d with an append in flight), %d processes   %s",
		s.elapsed.Seconds(), comma(s.put), comma(int64(s.putRate)), comma(s.table), comma(int64(s.rowRate)),
		seconds(s.lag[0]), seconds(s.lag[1]), s.kills.total, s.kills.inFlight, s.vital.killed, s.health)
}

// liveView redraws one frame in a terminal. It has the keyboard: Ctrl-C comes
// as a key.
type liveView struct {
	program *tea.Program
	closing sync.Once
	ended   chan struct{}
}

func newLiveView(o Options) *liveView {
	v := &liveView{program: tea.NewProgram(&screen{interrupt: o.Interrupt, width: 100}, tea.WithOutput(o.Out), tea.WithoutSignalHandler()), ended: make(chan struct{})}
	go func() {
		defer close(v.ended)
		_, _ = v.program.Run() // a terminal that cannot be drawn on is no reason to stop
	}()
	return v
}

func (v *liveView) show(s *snapshot) {
	select {
	case <-v.ended:
	default:
		v.program.Send(s)
	}
}

// close leaves the last frame on the screen.
func (v *liveView) close() {
	v.closing.Do(func() {
		v.program.Quit()
		<-v.ended
	})
}

// screen is what bubbletea draws.
type screen struct {
	interrupt func()
	width     int
	last      *snapshot
}

// Init implements tea.Model.
func (*screen) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (s *screen) Update(m tea.Msg) (tea.Model, tea.Cmd) {
	switch m := m.(type) {
	case *snapshot:
		s.last = m
	case tea.WindowSizeMsg:
		s.width = m.Width
	case tea.KeyMsg:
		if m.Type == tea.KeyCtrlC || m.String() == "q" {
			s.interrupt()
		}
	}
	return s, nil
}

// View implements tea.Model.
func (s *screen) View() string {
	if s.last == nil {
		return "starting the local cloud and the connector ...\n"
	}
	return frame(s.last, s.width)
}
