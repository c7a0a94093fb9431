package snowpipe

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/account"
)

// discover asks the account's host for the ingest host (REST API page, "Get
// hostname"). It returns the credential that was accepted: a refused one is
// replaced.
func (g *gate) discover(ctx context.Context, token Token) (Token, account.Endpoint, error) {
	for tried := []string(nil); ; {
		got, err := g.caller.call(ctx, access{host: g.control, token: token.Text, kind: token.Kind},
			&request{op: opDiscover, method: http.MethodGet, path: "/v2/streaming/hostname"})
		if err != nil {
			return token, account.Endpoint{}, unanswered(opDiscover, "", err)
		}
		if got.status == http.StatusOK {
			host, err := account.Ingest(g.control, plainOrJSON(got.body, "hostname"))
			if err != nil {
				f := unanswered(opDiscover, "", err)
				f.Hint = "no credential was sent there; check host and proxy"
				return token, account.Endpoint{}, f
			}
			return token, host, nil
		}
		if got.status != http.StatusUnauthorized {
			return token, account.Endpoint{}, g.refusal(opDiscover, got, token, nil)
		}
		tried = append(tried, token.Key)
		next, ok, err := g.another(ctx, token, tried)
		if err != nil {
			return token, account.Endpoint{}, err
		}
		if !ok {
			return token, account.Endpoint{}, g.refusal(opDiscover, got, token, tried)
		}
		token = next
	}
}

// exchange gets a token scoped to the ingest host (REST API page, "Exchange
// scoped token").
func (g *gate) exchange(ctx context.Context, token Token, host account.Endpoint) (string, error) {
	form := "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&scope=" + host.Host
	for tried := []string(nil); ; {
		sent := access{host: g.control, token: token.Text}
		if token.Kind != KeyPairJWT {
			sent.kind = token.Kind // a JWT tells by itself what it is
		}
		got, err := g.caller.call(ctx, sent, &request{
			op: opExchange, method: http.MethodPost, path: "/oauth/token",
			header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
			body:   textPayload([]byte(form)),
		})
		if err != nil {
			return "", unanswered(opExchange, "", err)
		}
		if got.status == http.StatusOK {
			scoped := plainOrJSON(got.body, "token", "access_token")
			if err := checkSecret("the scoped token", scoped); err != nil {
				return "", unanswered(opExchange, "", err)
			}
			if source, ok := g.source.(accepter); ok {
				source.Accepted(token)
			}
			return scoped, nil
		}
		if got.status != http.StatusUnauthorized {
			return "", g.refusal(opExchange, got, token, nil)
		}
		tried = append(tried, token.Key)
		next, ok, err := g.another(ctx, token, tried)
		if err != nil {
			return "", err
		}
		if !ok {
			return "", g.refusal(opExchange, got, token, tried)
		}
		token = next
	}
}

// plainOrJSON reads an answer that is documented as {"<name>": "..."} and
// that production gives as bare text. "" where it is neither.
func plainOrJSON(body []byte, names ...string) string {
	text := strings.TrimSpace(string(body))
	if strings.HasPrefix(text, "{") {
		var fields map[string]any
		if json.Unmarshal(body, &fields) != nil {
			return ""
		}
		for _, name := range names {
			if value, ok := fields[name].(string); ok && value != "" {
				return strings.TrimSpace(value)
			}
		}
		return ""
	}
	return strings.TrimSpace(strings.Trim(text, `"`))
}
