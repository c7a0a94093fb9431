package localkinesis

import "net/http"

// New makes a Kinesis in memory that listens nowhere: Handler is the only way
// in. URL has no meaning for it. Errors are Start's, for the options alone.
func New(o Options) (*Server, error) {
	o.Dir = ""
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	return &Server{options: o, streams: map[string]*stream{}, http: &http.Server{}}, nil
}
