package localsnowflake

// keptAnswers is how many answers a session remembers, and keptBytes how large
// one may be to be remembered.
const (
	keptAnswers = 8
	keptBytes   = 4 << 20
)

// answers remembers a session's last answers by requestId: a driver that lost
// an answer sends the same request again, and its statement must not run
// twice.
type answers struct {
	order []string
	byID  map[string][]byte
}

func (a *answers) get(id string) ([]byte, bool) {
	body, ok := a.byID[id]
	return body, ok
}

func (a *answers) put(id string, body []byte) {
	if id == "" || len(body) > keptBytes {
		return
	}
	if a.byID == nil {
		a.byID = map[string][]byte{}
	}
	if len(a.order) == keptAnswers {
		delete(a.byID, a.order[0])
		a.order = a.order[1:]
	}
	a.order = append(a.order, id)
	a.byID[id] = body
}
