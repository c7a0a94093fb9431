package servers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// duck is snowduck behind a proxy.
type duck struct {
	proxy      *between.Proxy
	credential snowpipe.TokenSource
}

// serveDuck starts snowduck. It sends ingest traffic to the proxy.
func serveDuck(ctx context.Context, h *judge.Hearing) (*duck, error) {
	tokens, err := strangerTokens() // it asks nobody
	if err != nil {
		return nil, err
	}
	d := &duck{credential: tokens}
	d.proxy, err = serve(ctx, h, func(ctx context.Context, h *judge.Hearing, port int) (*exec.Cmd, error) {
		return h.Command(ctx, filepath.Join(h.Home(python), "bin", "snowduck"), "--host", "127.0.0.1", "--port", strconv.Itoa(port)), nil
	})
	if err != nil {
		return nil, err
	}
	// The hostname answer has no port, as the service's has none.
	d.proxy.OnAnswer(func(action string, status int, body []byte) []byte {
		if action == "GET /v2/streaming/hostname" && status == http.StatusOK {
			return []byte(strings.TrimPrefix(d.proxy.URL(), "http://"))
		}
		return body
	})
	return d, nil
}

func (d *duck) url() string                  { return d.proxy.URL() }
func (d *duck) tokens() snowpipe.TokenSource { return d.credential }

// bridge says an append's end once more under the older name that snowduck
// knows alone.
func (d *duck) bridge(up bool) {
	if !up {
		d.proxy.OnRequest(nil)
		return
	}
	d.proxy.OnRequest(func(r *between.Request) {
		if end := r.URL.Query().Get("endOffsetToken"); end != "" {
			r.URL.RawQuery += "&offsetToken=" + url.QueryEscape(end)
		}
	})
}

func (d *duck) makeTable(ctx context.Context, table string) error {
	_, err := d.query(ctx, `CREATE TABLE "`+table+`" (N NUMBER, KEY TEXT, DOC VARIANT)`)
	return err
}

// holder looks into both tables that could hold the rows.
func (d *duck) holder(ctx context.Context, table string) (string, error) {
	for _, name := range []string{table, snowpipe.DefaultPipe(table)} {
		rows, err := d.query(ctx, `SELECT COUNT(*) FROM "`+name+`"`)
		if err == nil && len(rows) == 1 && len(rows[0]) == 1 && rows[0][0] != nil && *rows[0][0] != "0" {
			return name, nil
		}
	}
	return "", nil
}

func (d *duck) read(ctx context.Context, table string, columns ...string) ([]string, error) {
	name, err := d.holder(ctx, table)
	if err != nil || name == "" {
		return nil, err
	}
	rows, err := d.query(ctx, `SELECT "`+strings.Join(columns, `", "`)+`" FROM "`+name+`"`)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(rows))
	for i, row := range rows {
		if texts[i], err = plainJSON(columns, row); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// query runs a statement through the SQL API.
func (d *duck) query(ctx context.Context, statement string) ([][]*string, error) {
	body, err := json.Marshal(map[string]string{"statement": statement, "database": localcloud.Database, "schema": localcloud.Schema})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.proxy.URL()+"/api/v2/statements", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	var answer struct {
		Message string
		Data    [][]*string
	}
	status, err := decode(r, &answer)
	if err == nil && status != http.StatusOK {
		err = errors.New(answer.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	return answer.Data, nil
}

// channels lists the channels of a table's default pipe, for which the service
// has no call.
func (d *duck) channels(ctx context.Context, table string, into any) error {
	path := "/v2/streaming/databases/" + localcloud.Database + "/schemas/" + localcloud.Schema + "/pipes/" + snowpipe.DefaultPipe(table) + "/channels"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.proxy.URL()+path, nil)
	if err != nil {
		return err
	}
	status, err := decode(r, into)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s: %d", path, status)
	}
	return err
}

// decode sends a request and reads an answer in JSON.
func decode(r *http.Request, into any) (status int, err error) {
	// The server is on this machine, however the user reaches others.
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return 0, fmt.Errorf("%d %s", res.StatusCode, text)
	}
	return res.StatusCode, nil
}
