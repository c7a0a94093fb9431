package localkinesis

import (
	"bytes"
	"net/http"
	"time"
)

// eventStream is the answer to one SubscribeToShard: frames, each flushed.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	written string // content type of the payloads
	scratch []byte

	translated []byte // a payload that is not JSON
}

// subscribeEvent is the type of the events that carry records.
const subscribeEvent = "SubscribeToShardEvent"

// newEventStream answers 200 and sends the initial response, which a client
// waits for before its call returns.
func newEventStream(w http.ResponseWriter) (*eventStream, error) {
	o := &eventStream{w: w, control: http.NewResponseController(w), written: w.Header().Get("Content-Type")}
	w.Header().Set("Content-Type", eventStreamType)
	w.WriteHeader(http.StatusOK)
	return o, o.sendEvent("initial-response", answer{head: []byte("{}")})
}

func (o *eventStream) sendEvent(kind string, payload answer) error {
	return o.send(o.headers(":message-type", "event", ":event-type", kind), payload)
}

func (o *eventStream) sendException(code, message string) error {
	return o.send(o.headers(":message-type", "exception", ":exception-type", code), encodeException(message))
}

// headers are those of one frame, with the content type of its payload.
func (o *eventStream) headers(pairs ...string) []byte {
	contentType := "application/json"
	if o.written == cborType {
		contentType = cborType
	}
	return frameHeaders(append(pairs, ":content-type", contentType)...)
}

func (o *eventStream) send(headers []byte, payload answer) (err error) {
	if payload, err = payload.in(o.written, &o.translated); err != nil {
		return err
	}
	if o.scratch, err = writeFrame(o.w, headers, payload, o.scratch); err != nil {
		return err
	}
	return o.control.Flush()
}

// cut sends the first n bytes of an event's frame.
func (o *eventStream) cut(e *event, n int) error {
	var frame bytes.Buffer
	payload, err := encodeEvent(e).in(o.written, &o.translated)
	if err != nil {
		return err
	}
	if _, err := writeFrame(&frame, o.headers(":message-type", "event", ":event-type", subscribeEvent), payload, nil); err != nil {
		return err
	}
	if _, err := o.w.Write(frame.Bytes()[:min(n, frame.Len())]); err != nil {
		return err
	}
	return o.control.Flush()
}

// writeBy bounds how long a client that does not read can hold up a frame. A
// direct transport has no deadlines and needs none.
func (o *eventStream) writeBy(t time.Time) { _ = o.control.SetWriteDeadline(t) }
