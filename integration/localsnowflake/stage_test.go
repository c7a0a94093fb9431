package localsnowflake_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// place is what pipe-info says of where files go.
type place struct {
	Rowset struct {
		Location, Prefix string
		Bucket           string            `json:"bucket_name"`
		PathPrefix       string            `json:"path_prefix"`
		Creds            map[string]string `json:"creds"`
	} `json:"rowset_stage_location"`
	Encryption struct {
		Key     []byte `json:"pipe_key"`
		ID      int64  `json:"pipe_key_id"`
		Version string `json:"encryption_version"`
	} `json:"pipe_encryption_info"`
}

func (a *account) place() (p place) {
	a.t.Helper()
	r := a.do("POST", "/v2/streaming"+pipes+"T-STREAMING:pipe-info", []byte(`{"generate_new_token":true}`), nil).expect(200, "")
	must(a.t, json.Unmarshal(r.body, &p))
	return p
}

// header holds the credentials of a place.
func (p place) header() http.Header {
	return http.Header{
		"Authorization":        {"AWS4-HMAC-SHA256 Credential=" + p.Rowset.Creds["AWS_KEY_ID"] + "/20260101/us-west-2/s3/aws4_request, Signature=0"},
		"X-Amz-Security-Token": {p.Rowset.Creds["AWS_TOKEN"]},
	}
}

func (p place) path(name string) string {
	return "/" + p.Rowset.Bucket + "/" + p.Rowset.PathPrefix + name
}

// seal packs and encrypts rows as a client does, and describes them.
func (p place) seal(t *testing.T, name, rows, start, end string) (file []byte, description map[string]any) {
	t.Helper()
	packer, err := zstd.NewWriter(nil)
	must(t, err)
	file = packer.EncodeAll([]byte(rows), nil)
	block, err := aes.NewCipher(p.Encryption.Key)
	must(t, err)
	iv := make([]byte, aes.BlockSize)
	rand.Read(iv)
	cipher.NewCTR(block, iv).XORKeyStream(file, file)
	return file, map[string]any{
		"file_path": p.Rowset.Bucket + "/" + p.Rowset.PathPrefix + name, "content_type": "application/x-ndjson",
		"fragment_start_byte_offset": 0, "fragment_length_bytes": len(file), "fragment_length_uncompressed_bytes": len(rows),
		"fragment_row_count": strings.Count(rows, "\n"), "fragment_start_offset_token": start, "fragment_end_offset_token": end,
		"iv_base64": base64.StdEncoding.EncodeToString(iv), "encryption_version": p.Encryption.Version, "master_key_id": fmt.Sprint(p.Encryption.ID),
	}
}

// register sends a filebuffer request.
func (a *account) register(channel, token string, fragments ...map[string]any) *answer {
	a.t.Helper()
	body, err := json.Marshal(fragments)
	must(a.t, err)
	query := url.Values{}
	if token != "" {
		query.Set("continuationToken", token)
	}
	return a.do("POST", "/v2/streaming/data"+pipes+"T-STREAMING/channels/"+channel+"/filebuffer?"+query.Encode(), body, nil)
}

func TestFilesOfRowsAreAppendedOnceAndInOrder(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	p := a.place()
	first, one := p.seal(t, "0.ndjson", "{\"A\":1}\n{\"A\":2}\n", "1", "2")
	second, two := p.seal(t, "1.ndjson", "{\"A\":3}\nno JSON", "3", "4")
	etag := a.do("PUT", p.path("0.ndjson"), first, p.header()).expect(200, "").header.Get("ETag")
	a.do("PUT", p.path("1.ndjson"), second, p.header()).expect(200, "")
	one["file_etag"] = strings.Trim(etag, `"`)
	token := a.open("T-STREAMING", "c", "").next()
	next := a.register("c", token, one, two).next()
	if again := a.register("c", token, one, two).next(); again != next {
		t.Errorf("the repeat is answered %q, not %q", again, next)
	}
	a.append("c", next, "5", "{\"A\":5}\n").expect(200, "")
	status := a.committed("c", "5")
	expectRows(t, a.rows(table), `{"A":1}`, `{"A":2}`, `{"A":3}`, `{"A":5}`)
	if number(status, "rows_parsed") != 5 || number(status, "rows_error_count") != 1 || status["last_error_offset_upper_bound"] != "4" {
		t.Errorf("status %v", status)
	}
	if number(status, "last_error_timestamp_ms") == 0 {
		t.Error("there is no time of the last error")
	}
}

func TestAFragmentMustBeWhatItSays(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	p := a.place()
	file, good := p.seal(t, "0", "{}\n", "1", "1")
	a.do("PUT", p.path("0"), file, p.header()).expect(200, "")
	token := a.open("T-STREAMING", "c", "").next()
	for what, change := range map[string]func(f map[string]any){
		"another file":      func(f map[string]any) { f["file_path"] = "localsnowflake-stage/x/0" },
		"another ETag":      func(f map[string]any) { f["file_etag"] = "0" },
		"a short IV":        func(f map[string]any) { f["iv_base64"] = "AAAA" },
		"another IV":        func(f map[string]any) { f["iv_base64"] = base64.StdEncoding.EncodeToString(make([]byte, 16)) },
		"another cipher":    func(f map[string]any) { f["encryption_version"] = "ROT13" },
		"another key":       func(f map[string]any) { f["master_key_id"] = 0 },
		"a negative start":  func(f map[string]any) { f["fragment_start_byte_offset"] = -1 },
		"too long":          func(f map[string]any) { f["fragment_length_bytes"] = len(file) + 1 },
		"beyond all bounds": func(f map[string]any) { f["fragment_start_byte_offset"] = int64(1) << 62 },
		"no number":         func(f map[string]any) { f["fragment_length_bytes"] = "many" },
	} {
		bad := map[string]any{}
		for name, value := range good {
			bad[name] = value
		}
		change(bad)
		if r := a.register("c", token, bad); r.status != 400 {
			t.Errorf("%s: answer %d %s", what, r.status, r.body)
		}
	}
	a.register("c", token).expect(400, localsnowflake.CodeInvalidRequest)
	a.register("c", token, good).expect(200, "")
	a.committed("c", "1")
	expectRows(t, a.rows(table), "{}")
}

func TestObjectsAreTakenInChunksWithTheirChecksum(t *testing.T) {
	a := start(t, localsnowflake.Options{})
	table := a.variants("A")
	p := a.place()
	file, description := p.seal(t, "0", "{\"A\":1}\n", "1", "1")
	sum := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(file)))
	chunked := func(data []byte, sum string) ([]byte, http.Header) {
		var b bytes.Buffer
		for _, part := range [][]byte{data[:3], data[3:]} {
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
		}
		fmt.Fprintf(&b, "0\r\nx-amz-checksum-crc32:%s\r\n\r\n", sum)
		h := p.header()
		h.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
		h.Set("X-Amz-Decoded-Content-Length", fmt.Sprint(len(data)))
		return b.Bytes(), h
	}
	body, header := chunked(file, "AAAAAA==")
	if r := a.do("PUT", p.path("0"), body, header); r.status != 400 || !strings.Contains(string(r.body), "<Code>BadDigest</Code>") {
		t.Errorf("a wrong checksum: %d %s", r.status, r.body)
	}
	body, header = chunked(file, sum)
	header.Set("X-Amz-Decoded-Content-Length", fmt.Sprint(len(file)+1))
	if r := a.do("PUT", p.path("0"), body, header); r.status != 400 || !strings.Contains(string(r.body), "<Code>IncompleteBody</Code>") {
		t.Errorf("a wrong length: %d %s", r.status, r.body)
	}
	body, header = chunked(file, sum)
	a.do("PUT", p.path("0"), body, header).expect(200, "")
	a.register("c", a.open("T-STREAMING", "c", "").next(), description).expect(200, "")
	a.committed("c", "1")
	expectRows(t, a.rows(table), `{"A":1}`)
}

func TestThePlaceOnTheStageIsOneClientsAndEnds(t *testing.T) {
	now := time.Now()
	a := start(t, localsnowflake.Options{Now: func() time.Time { return now }})
	a.variants("A")
	mine, yours := a.place(), a.place()
	if mine.Rowset.PathPrefix == yours.Rowset.PathPrefix {
		t.Error("two clients share a place")
	}
	refused := func(what, code string, r *answer) {
		if !strings.Contains(string(r.body), "<Code>"+code+"</Code>") {
			t.Errorf("%s: answer %d %s, want %s", what, r.status, r.body, code)
		}
	}
	refused("another's", "AccessDenied", a.do("PUT", yours.path("0"), []byte("x"), mine.header()))
	refused("nobody's", "AccessDenied", a.do("PUT", mine.path("0"), []byte("x"), nil))
	refused("reading", "MethodNotAllowed", a.do("GET", mine.path("0"), nil, mine.header()))
	a.Faults().Set(localsnowflake.ActionPutObject, fault.Times(1, fault.Always(fault.Effect{Refuse: &fault.Refusal{Status: 503, Code: "SlowDown"}})))
	refused("a fault", "SlowDown", a.do("PUT", mine.path("0"), []byte("x"), mine.header()))
	a.do("PUT", mine.path("0"), []byte("x"), mine.header()).expect(200, "")
	now = now.Add(2 * time.Hour)
	refused("too late", "ExpiredToken", a.do("PUT", mine.path("0"), []byte("x"), mine.header()))
}
