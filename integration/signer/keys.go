package signer

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Keys are the access keys of one account. They may change while servers use
// them, as an administrator or the end of a session changes them. A nil *Keys
// checks nothing.
type Keys struct {
	mu    sync.Mutex
	known map[string]bool // access key id -> whether it is still good
}

// NewKeys returns the keys of an account: access key ids.
func NewKeys(ids ...string) *Keys {
	k := &Keys{known: map[string]bool{}}
	for _, id := range ids {
		k.Add(id)
	}
	return k
}

// Add makes an access key good from now on, one that had expired included.
func (k *Keys) Add(id string) { k.set(id, true) }

// Expire ends the session of an access key.
func (k *Keys) Expire(id string) { k.set(id, false) }

// Remove forgets an access key, as if it had never been made.
func (k *Keys) Remove(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.known, id)
}

func (k *Keys) set(id string, good bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[id] = good
}

// Refusal is why a caller is refused.
type Refusal struct{ Code, Message string }

// Check looks at the credential of a request for a service ("kinesis") in a
// region. nil means that the caller may be served. A request without a
// credential is left to the server.
func (k *Keys) Check(r *http.Request, service, region string) *Refusal {
	if k == nil {
		return nil
	}
	scope := strings.Split(credential(r), "/") // key, date, region, service, aws4_request
	if len(scope) != 5 {
		return nil
	}
	k.mu.Lock()
	good, known := k.known[scope[0]]
	k.mu.Unlock()
	switch {
	case !known:
		return &Refusal{"UnrecognizedClientException", "The security token included in the request is invalid."}
	case !good:
		return &Refusal{"ExpiredTokenException", "The security token included in the request is expired"}
	case scope[2] != region:
		return &Refusal{"InvalidSignatureException", fmt.Sprintf("Credential should be scoped to a valid region, not '%s'. ", scope[2])}
	case scope[3] != service:
		return &Refusal{"InvalidSignatureException", fmt.Sprintf("Credential should be scoped to correct service: '%s'. ", service)}
	}
	return nil
}

// credential is that of the header, or of the query.
func credential(r *http.Request) string {
	_, rest, found := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	if !found {
		return r.URL.Query().Get("X-Amz-Credential")
	}
	end := strings.IndexAny(rest, ", ")
	if end < 0 {
		return rest
	}
	return rest[:end]
}
