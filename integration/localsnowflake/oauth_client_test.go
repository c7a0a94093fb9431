package localsnowflake_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

func TestAClientGetsAccessTokensForItsUserAndRoles(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	a.RegisterClient("me", "secret", "LOADER", time.Minute)
	for name, c := range map[string]struct {
		form   url.Values
		basic  bool
		status int
		says   string
	}{
		"in the header":    {url.Values{"grant_type": {"client_credentials"}}, true, 200, ""},
		"in the form":      {url.Values{"grant_type": {"client_credentials"}, "client_id": {"me"}, "client_secret": {"secret"}}, false, 200, ""},
		"a wrong secret":   {url.Values{"grant_type": {"client_credentials"}, "client_id": {"me"}, "client_secret": {"no"}}, false, 401, "invalid_client"},
		"nobody":           {url.Values{"grant_type": {"client_credentials"}}, false, 401, "invalid_client"},
		"another grant":    {url.Values{"grant_type": {"password"}}, true, 400, "unsupported_grant_type"},
		"a foreign role":   {url.Values{"grant_type": {"client_credentials"}, "scope": {"session:role:NOBODYS"}}, true, 400, "invalid_scope"},
		"a strange scope":  {url.Values{"grant_type": {"client_credentials"}, "scope": {"openid"}}, true, 400, "invalid_scope"},
		"a form that none": {nil, true, 400, "unsupported_grant_type"},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.OAuthTokenURL(), strings.NewReader(c.form.Encode()))
		must(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if c.basic {
			request.SetBasicAuth("me", "secret")
		}
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		var answer struct {
			Token   string `json:"access_token"`
			Expires int    `json:"expires_in"`
			Error   string `json:"error"`
		}
		must(t, json.NewDecoder(response.Body).Decode(&answer))
		response.Body.Close()
		if response.StatusCode != c.status || answer.Error != c.says || (c.status == 200) != (answer.Token != "" && answer.Expires == 60) {
			t.Errorf("%s: %d %+v", name, response.StatusCode, answer)
		}
		if c.status == 200 {
			header := bearer(answer.Token)
			header.Set("X-Snowflake-Authorization-Token-Type", "OAUTH")
			a.do("GET", "/v2/streaming/hostname", nil, header).expect(200, "")
		}
	}
}
