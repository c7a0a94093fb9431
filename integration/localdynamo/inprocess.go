package localdynamo

import (
	"fmt"
	"net/http"
)

// New makes a DynamoDB in memory that listens nowhere: Handler is the only way
// in. URL has no meaning for it. Errors name the option that is wrong.
func New(o Options) (*Server, error) {
	o.Dir = ""
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("localdynamo: %w", err)
	}
	stored, err := openStore("", o.Now, o.ReadLag)
	if err != nil {
		return nil, fmt.Errorf("localdynamo: %w", err)
	}
	s := &Server{options: o, store: stored, served: make(chan struct{}), http: &http.Server{}}
	close(s.served)
	return s, nil
}
