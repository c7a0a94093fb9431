package localsnowflake

import (
	"io"
	"net/http"
)

// telemetry serves POST /telemetry/send: what drivers report is not kept.
func (d *driver) telemetry(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, io.LimitReader(r.Body, maxRequest))
	writeEnvelope(w, "Log Received")
}
