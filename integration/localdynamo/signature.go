package localdynamo

import (
	"net/http"
	"strings"
)

// checkSigner refuses a request that is not signed, or by nobody whom Options.Keys
// knows.
func (s *Server) checkSigner(r *http.Request) error {
	if err := checkSigned(r); err != nil {
		return err
	}
	if refused := s.options.Keys.Check(r, "dynamodb", s.options.Region); refused != nil {
		return fail(refused.Code, "%s", refused.Message)
	}
	return nil
}

// checkSigned asks for a Signature Version 4 with all its parts, in the header
// or in the query. The signature itself is not verified. The words are those
// that the tests of architect/dynalite (test/connection.js) saw.
func checkSigned(r *http.Request) error {
	header, query := r.Header.Get("Authorization"), r.URL.Query()
	switch inQuery := query.Has("X-Amz-Algorithm"); {
	case header != "" && inQuery:
		return fail("InvalidSignatureException", "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
	case inQuery:
		missing := ""
		for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
			if query.Get(name) == "" {
				missing += "AWS query-string parameters must include '" + name + "'. "
			}
		}
		return incomplete(missing, "Re-examine the query-string parameters.")
	case !strings.HasPrefix(strings.TrimSpace(header), "AWS4-"):
		return fail("MissingAuthenticationTokenException", "Request is missing Authentication Token")
	}
	_, parameters, _ := strings.Cut(strings.TrimSpace(header), " ")
	given := map[string]bool{}
	for p := range strings.FieldsFuncSeq(parameters, func(c rune) bool { return c == ',' || c == ' ' }) {
		name, value, _ := strings.Cut(p, "=")
		given[name] = value != ""
	}
	missing := ""
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if !given[name] {
			missing += "Authorization header requires '" + name + "' parameter. "
		}
	}
	if r.Header.Get("X-Amz-Date") == "" && r.Header.Get("Date") == "" {
		missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	}
	return incomplete(missing, "Re-examine the Authorization header.") // which is not repeated: it is a credential
}

func incomplete(missing, advice string) error {
	if missing == "" {
		return nil
	}
	return fail("IncompleteSignatureException", "%s", missing+advice)
}
