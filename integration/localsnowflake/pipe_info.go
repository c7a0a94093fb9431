package localsnowflake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// encryptionVersion names how files of rows are encrypted: AES-256 in counter
// mode. Clients ask for it by this name; its 128 are the bits of the IV.
const encryptionVersion = "AES-CTR-128.1"

// keyDiversifier goes into every fragment's description unchanged.
const keyDiversifier = "0"

// pipeInfo answers POST .../pipes/P:pipe-info (spec 1.10). It creates the
// default pipe, and tells where a client may put files of rows that are too
// large for one append, and how to encrypt them (stage.go).
func (s *Server) pipeInfo(w http.ResponseWriter, r *http.Request, t target) {
	who, err := s.auth.ingest(r)
	if err != nil {
		writeError(w, err)
		return
	}
	pipe, err := s.ensurePipe(t, who)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"status_code": 0, "message": "Success",
		"database_name": pipe.Database, "schema_name": pipe.Schema, "pipe_name": pipe.Name,
		"rowset_stage_location":  s.stageLocation(r), // named channels
		"durable_stage_location": s.stageLocation(r), // elastic ones
		"parameter_overrides":    map[string]any{"binary_input_format": binaryFormat(pipe)},
		"pipe_encryption_info": map[string]any{
			"pipe_key": base64.StdEncoding.EncodeToString(s.pipeKey(pipe)), "pipe_key_id": pipe.ID,
			"diversifier": keyDiversifier, "encryption_version": encryptionVersion,
		},
	})
}

// binaryFormat is what a pipe takes a text in a BINARY column for: base64
// where it matches by name, else the account's default (spec 3.4).
func binaryFormat(pipe *catalog.Pipe) string {
	if pipe.Copy == nil || pipe.Copy.ByName {
		return "BASE64"
	}
	return "HEX"
}

// stageLocation gives the client a place of its own, described in S3's words:
// files go to https://STORAGE_ENDPOINT/BUCKET_NAME/PATH_PREFIX...
func (s *Server) stageLocation(r *http.Request) map[string]any {
	l := s.stage.lease(s.options.Now())
	return map[string]any{
		"expiry_time": l.until.UTC().Format(time.RFC3339), "expiry_time_ms": l.until.UnixMilli(),
		"location_type": "S3", "use_s3_regional_url": false, "region": stageRegion,
		"location": stageBucket + "/" + l.prefix, "bucket_name": stageBucket, "path_prefix": l.prefix,
		"storage_account": nil, "storage_endpoint": s.host(r), "url_override": nil,
		"creds": map[string]string{"AWS_KEY_ID": l.keyID, "AWS_SECRET_KEY": l.secret, "AWS_TOKEN": l.token},
	}
}

// pipeKey is the key of a pipe's files, the same until the account is gone.
func (s *Server) pipeKey(pipe *catalog.Pipe) []byte {
	h := hmac.New(sha256.New, s.auth.secret)
	h.Write([]byte("pipe key " + strconv.FormatInt(pipe.ID, 10)))
	return h.Sum(nil)
}
