package localsnowflake

import "net/http"

// driverHandler serves everything outside /v2/streaming and /oauth: the SQL
// driver protocol of the session and query files.
func (s *Server) driverHandler() http.Handler {
	mux := http.NewServeMux()
	s.sqlRoutes(mux)
	return mux
}
