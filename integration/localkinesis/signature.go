package localkinesis

import (
	"net/http"
	"strings"
)

// checkSigner refuses a request that is not signed, or by nobody whom Options.Keys
// knows.
func (s *Server) checkSigner(r *http.Request) *Error {
	if refused := checkSignature(r); refused != nil {
		return refused
	}
	if refused := s.options.Keys.Check(r, "kinesis", s.options.Region); refused != nil {
		return refusal(refused.Code, "%s", refused.Message)
	}
	return nil
}

// checkSignature looks whether a request carries a SigV4 signature, in its
// headers or its query. It verifies nothing: any credentials will do.
func checkSignature(r *http.Request) *Error {
	header, query := r.Header.Get("Authorization"), r.URL.Query()
	inQuery := query.Has("X-Amz-Algorithm")
	switch {
	case header != "" && inQuery:
		return refusal("InvalidSignatureException",
			"Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
	case header == "" && !inQuery:
		return refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
	case inQuery:
		missing := ""
		for _, name := range []string{"X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
			if query.Get(name) == "" {
				missing += "AWS query-string parameters must include '" + name + "'. "
			}
		}
		return incomplete(missing, "Re-examine the query-string parameters.")
	}
	return checkAuthorization(header, r.Header.Get("X-Amz-Date")+r.Header.Get("Date"))
}

func checkAuthorization(header, date string) *Error {
	algorithm, parameters, _ := strings.Cut(header, " ")
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
	if date == "" {
		missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	}
	if missing == "" && !strings.HasPrefix(algorithm, "AWS4-") {
		return refusal("IncompleteSignatureException", "Unsupported AWS 'algorithm': '%s' (only AWS4-HMAC-SHA256 for now).", algorithm)
	}
	return incomplete(missing, "Re-examine the Authorization header.") // which is not repeated: it is a credential
}

func incomplete(missing, advice string) *Error {
	if missing == "" {
		return nil
	}
	return refusal("IncompleteSignatureException", "%s", missing+advice)
}
