package process

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// turnsWithin is how old the last look at the connectors may be while the
// process counts as alive. A look takes inspectWithin at most.
const turnsWithin = 30 * time.Second

// newRegistry has the process's own metrics; connectors add theirs.
func newRegistry(b Build) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "kinesnow_build_info", Help: "1, labelled with what this program was made of.",
		ConstLabels: prometheus.Labels{"version": b.Version, "go": b.Go, "protoactor": b.Protoactor},
	})
	build.Set(1)
	registry.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// newServer serves the read-only port. Nothing that changes anything is here,
// and no profiles.
func (p *Process) newServer() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", p.livez)
	mux.HandleFunc("GET /readyz", p.readyz)
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, p.build) })
	mux.HandleFunc("GET /v1/state", p.state)
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 4, Timeout: 20 * time.Second,
	}))
	return &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(debugLines{p.log}, "", 0),
	}
}

// livez says that the process turns over. An outage of AWS or Snowflake never
// fails it: a restart would mend nothing.
func (p *Process) livez(w http.ResponseWriter, _ *http.Request) {
	if age := time.Since(p.seen.Load().at); age > turnsWithin {
		http.Error(w, fmt.Sprintf("the connectors were last looked at %s ago", age.Round(time.Second)), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// readyz says that every connector has reached both ends once. A parked shard,
// or none at all, is ready; a process that drains is not.
func (p *Process) readyz(w http.ResponseWriter, _ *http.Request) {
	var missing []string
	for _, s := range p.seen.Load().round {
		switch {
		case s.lost:
			missing = append(missing, s.name+": died")
		case s.state == nil:
			missing = append(missing, s.name+": no answer yet")
		case s.state.Health == messages.Draining:
			missing = append(missing, s.name+": draining")
		case !s.state.Ready:
			missing = append(missing, s.name+": "+strings.ToLower(string(s.state.Health)))
		}
	}
	if p.draining.Load() && len(missing) == 0 {
		missing = append(missing, "draining")
	}
	if len(missing) > 0 {
		http.Error(w, strings.Join(missing, "\n"), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// state answers with what the connectors said when they were last looked at.
func (p *Process) state(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, struct {
		Version    string            `json:"version"`
		Connectors []*messages.State `json:"connectors"`
	}{p.build.Version, p.seen.Load().states()})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// debugLines takes what net/http says of broken clients.
type debugLines struct{ log zerolog.Logger }

func (d debugLines) Write(line []byte) (int, error) {
	d.log.Debug().Str("err", strings.TrimSpace(string(line))).Msg("http")
	return len(line), nil
}
