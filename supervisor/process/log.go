package process

import (
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/supervisor/config"
)

// init gives zerolog the contract's names: level time msg ... err. They are
// zerolog's globals, which whoever logs reads without a lock: they are set before
// anything runs, and by the process alone. A program that embeds connectors does
// not import this package, and keeps its own names.
func init() {
	zerolog.MessageFieldName = "msg"
	zerolog.ErrorFieldName = "err"
	zerolog.TimeFieldFormat = "2006-01-02T15:04:05.000Z07:00"
	zerolog.TimestampFunc = func() time.Time { return time.Now().UTC() }
}

// newLogger writes one line per entry: JSON, or for people at a terminal.
func newLogger(c config.Log, to io.Writer) zerolog.Logger {
	if c.Format == config.LogConsole {
		to = zerolog.ConsoleWriter{Out: to, TimeFormat: "15:04:05.000", NoColor: !terminal(to)}
	}
	level, err := zerolog.ParseLevel(string(c.Level))
	if err != nil || c.Level == "" {
		level = zerolog.InfoLevel
	}
	return zerolog.New(zerolog.SyncWriter(to)).Level(level).With().Timestamp().Logger()
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
