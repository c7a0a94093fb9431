package localsnowflake

import "net/http"

// pipeInfo answers POST .../pipes/P:pipe-info (spec 1.10). It creates the
// default pipe. There is no stage to upload to, so the fields for file
// fragments are null: clients send rows.
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
		"rowset_stage_location": nil, "pipe_encryption_info": nil, "durable_stage_location": nil,
	})
}
