package localsnowflake

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// loginRequest is the part of a login that is read here.
type loginRequest struct {
	Data struct {
		Client        string         `json:"CLIENT_APP_ID"`
		Version       string         `json:"CLIENT_APP_VERSION"`
		Account       string         `json:"ACCOUNT_NAME"`
		LoginName     string         `json:"LOGIN_NAME"`
		Password      string         `json:"PASSWORD"`
		Authenticator string         `json:"AUTHENTICATOR"`
		Token         string         `json:"TOKEN"`
		Parameters    map[string]any `json:"SESSION_PARAMETERS"`
	} `json:"data"`
}

// loginAnswer is a successful login.
type loginAnswer struct {
	Token           string      `json:"token"`
	MasterToken     string      `json:"masterToken"`
	Validity        int         `json:"validityInSeconds"`
	MasterValidity  int         `json:"masterValidityInSeconds"`
	DisplayUserName string      `json:"displayUserName"`
	ServerVersion   string      `json:"serverVersion"`
	FirstLogin      bool        `json:"firstLogin"`
	HealthCheck     int         `json:"healthCheckInterval"`
	SessionID       int64       `json:"sessionId"`
	Parameters      []parameter `json:"parameters"`
	SessionInfo     sessionInfo `json:"sessionInfo"`
	IDToken         *string     `json:"idToken"`
	MFAToken        *string     `json:"mfaToken"`
	ResponseData    any         `json:"responseData"`
}

type sessionInfo struct {
	Database  *string `json:"databaseName"`
	Schema    *string `json:"schemaName"`
	Warehouse *string `json:"warehouseName"`
	Role      *string `json:"roleName"`
}

// login serves POST /session/v1/login-request. Key pairs, passwords that a
// user was given, and registered OAuth and programmatic access tokens get in.
func (d *driver) login(w http.ResponseWriter, r *http.Request) {
	var request loginRequest
	if err := d.readDriver(r, &request); err != nil {
		writeFailure(w, codeNotSupported, "The login request is not valid JSON.")
		return
	}
	role := foldGiven(r.URL.Query().Get("roleName"))
	who, code, message := d.authenticate(&request, role)
	if code != "" {
		writeFailure(w, code, message)
		return
	}
	s := &sql.Session{Account: d.server.auth.account, User: who.User, Role: who.Role, Client: strings.TrimSpace(request.Data.Client + " " + request.Data.Version)}
	if code, message = d.place(s, r, &request); code != "" {
		writeFailure(w, code, message)
		return
	}
	for name, value := range request.Data.Parameters {
		s.SetParameter(strings.ToUpper(name), fmt.Sprint(value))
	}
	opened := d.sessions.open(s)
	writeEnvelope(w, loginAnswer{
		Token: opened.token, MasterToken: opened.masterToken, Validity: int(sessionTokenLife.Seconds()), MasterValidity: int(masterTokenLife.Seconds()),
		DisplayUserName: who.User, ServerVersion: sql.Version, HealthCheck: 45, SessionID: opened.id, Parameters: parametersOf(s), SessionInfo: infoOf(s),
	})
}

// authenticate says who a login stands for, or the code and message of the
// refusal. Messages never hold a credential.
func (d *driver) authenticate(request *loginRequest, role string) (who identity, code, message string) {
	auth, data := d.server.auth, &request.Data
	var err error
	bad, text := codeBadCredentials, "Incorrect username or password was specified."
	switch strings.ToUpper(data.Authenticator) {
	case "SNOWFLAKE_JWT":
		bad, text = codeDriverJWT, "JWT token is invalid."
		who, err = auth.keyPair(data.Token, role)
	case "OAUTH":
		bad, text = codeOAuthInvalid, "Invalid OAuth access token. Register it with Server.RegisterToken."
		who, err = auth.registered(OAuth, data.Token, role)
	case "PROGRAMMATIC_ACCESS_TOKEN":
		bad, text = codePATInvalid, "Programmatic access token is invalid. ALTER USER ... ADD PROGRAMMATIC ACCESS TOKEN makes one, and so does Server.RegisterToken."
		who, err = auth.registered(ProgrammaticAccessToken, data.Token, role)
	case "", "SNOWFLAKE":
		who, err = d.password(data.LoginName, data.Password, role)
	default:
		return who, codeNotSupported, "Authenticator '" + data.Authenticator + "' is not served here: use SNOWFLAKE_JWT, a password, OAUTH or PROGRAMMATIC_ACCESS_TOKEN."
	}
	switch {
	case err == nil:
		return who, "", ""
	case errors.Is(err, errDisabled):
		return who, codeUserDisabled, errDisabled.Message
	case errors.Is(err, errRole) && role != "":
		return who, codeRoleNotGranted, "Role '" + role + "' specified in the connect string is not granted to this user. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC."
	}
	return who, bad, text
}

// password checks LOGIN_NAME and PASSWORD. Login names ignore case.
func (d *driver) password(name, password, role string) (identity, error) {
	user, ok := d.server.catalog.User(catalog.Fold(name))
	if !ok || !user.CheckPassword(password) {
		return identity{}, errBadToken
	}
	return d.server.auth.identify(user.Name, role)
}

// foldGiven folds a name of the query string; "" stays none.
func foldGiven(written string) string {
	if written == "" {
		return ""
	}
	return catalog.Fold(written)
}

// place sets the session's database, schema and warehouse from the login or
// from the user's defaults. A database that the role cannot use is an error
// when the driver asks for that check, as gosnowflake does, else it is none; and
// so is a warehouse.
func (d *driver) place(s *sql.Session, r *http.Request, request *loginRequest) (code, message string) {
	q, c := r.URL.Query(), d.server.catalog
	database, schema, warehouse := foldGiven(q.Get("databaseName")), foldGiven(q.Get("schemaName")), foldGiven(q.Get("warehouse"))
	if user, ok := c.User(s.User); ok {
		if parts, err := catalog.SplitPath(user.DefaultNamespace); database == "" && err == nil {
			if database = parts[0]; len(parts) == 2 && schema == "" {
				schema = parts[1]
			}
		}
		if warehouse == "" {
			warehouse = user.DefaultWarehouse
		}
	}
	strict := request.Data.Parameters["CLIENT_VALIDATE_DEFAULT_PARAMETERS"] == true
	switch {
	case c.CanUse(s.Role, database, ""):
		s.Database = database
	case database != "" && strict:
		return codeDatabaseMissing, "The requested database does not exist or not authorized."
	}
	if schema == "" {
		schema = catalog.PublicSchema
	}
	switch {
	case s.Database != "" && c.CanUse(s.Role, s.Database, schema):
		s.Schema = schema
	case s.Database != "" && strict && q.Get("schemaName") != "":
		return codeDatabaseMissing, "The requested schema does not exist or not authorized."
	}
	_, there := c.Warehouse(warehouse)
	switch {
	case c.CanUseWarehouse(s.Role, warehouse):
		s.Warehouse = warehouse
	case there && strict && q.Get("warehouse") != "": // one that is not there is let pass: nothing here needs compute
		return codeDatabaseMissing, "The requested warehouse does not exist or not authorized."
	}
	return "", ""
}

func infoOf(s *sql.Session) sessionInfo {
	return sessionInfo{Database: orNone(s.Database), Schema: orNone(s.Schema), Warehouse: orNone(s.Warehouse), Role: orNone(s.Role)}
}

func orNone(name string) *string {
	if name == "" {
		return nil
	}
	return &name
}
