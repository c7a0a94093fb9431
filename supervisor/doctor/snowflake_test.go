package doctor_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/rsakey"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/doctor"
	"github.com/kinesnow/kinesnow/supervisor/setup"
)

func TestAKeyThatIsNotRegisteredIsPrintedToPaste(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	file := t.TempDir() + "/key.p8"
	if err := os.WriteFile(file, rsakey.PEM(rsakey.Key(0)), 0o600); err != nil {
		t.Fatal(err)
	}
	p.cfg.Snowflake.PrivateKeyFile = file
	r := p.examine()
	p.complains(r, missing(doctor.Snowflake, "is not registered for user KINESNOW of account LOCAL"))
	p.exits(r, 77)
	p.heal(r)
	p.healthy()

	p.cfg.Snowflake.PrivateKeyFile = file + "x"
	r = p.examine()
	p.complains(r, missing(doctor.Snowflake, "the private key of user KINESNOW"))
	p.exits(r, 78)
}

func TestARoleThatIsNotGrantedIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.admin(`CREATE ROLE LOADER`, `GRANT USAGE ON DATABASE RAW TO ROLE LOADER`, `GRANT USAGE ON SCHEMA RAW.EVENTS TO ROLE LOADER`, `GRANT OWNERSHIP ON TABLE RAW.EVENTS.ORDERS TO ROLE LOADER`)
	p.cfg.Snowflake.Role = "LOADER"
	r := p.examine()
	p.complains(r, missing(doctor.Snowflake, "role LOADER is not granted to user KINESNOW, which has KINESNOW"))
	p.exits(r, 77)
	p.heal(r)
	p.healthy()
}

func TestAUserThatIsDisabledIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.admin(`ALTER USER KINESNOW SET DISABLED = TRUE`)
	r := p.examine()
	p.complains(r, missing(doctor.Snowflake, "user KINESNOW is locked or disabled"))
	p.exits(r, 77)
	p.admin(`ALTER USER KINESNOW SET DISABLED = FALSE`)
	p.healthy()
}

// TestARightThatIsInheritedIsNoRight: the page of Openflow's connector wants them
// granted directly.
func TestARightThatIsInheritedIsNoRight(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.admin(`CREATE ROLE ROLE_X`, `GRANT ROLE ROLE_X TO ROLE KINESNOW`, `GRANT OWNERSHIP ON TABLE RAW.EVENTS.ORDERS TO ROLE ROLE_X`,
		`GRANT USAGE ON SCHEMA RAW.EVENTS TO ROLE ROLE_X`, `REVOKE USAGE ON SCHEMA RAW.EVENTS FROM ROLE KINESNOW`, `REVOKE CREATE TABLE ON SCHEMA RAW.EVENTS FROM ROLE KINESNOW`)
	r := p.examine()
	p.complains(r,
		missing(doctor.Snowflake, "INSERT, EVOLVE SCHEMA on table RAW.EVENTS.ORDERS: KINESNOW has OWNERSHIP through role ROLE_X alone; it must be granted directly"),
		missing(doctor.Snowflake, "USAGE on schema RAW.EVENTS: KINESNOW has USAGE through role ROLE_X alone"))
	p.exits(r, 2)
	p.heal(r)
	p.healthy()
}

func TestRightsThatNobodyHasAreGrantedInOneGo(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.admin(`GRANT OWNERSHIP ON TABLE RAW.EVENTS.ORDERS TO ROLE ACCOUNTADMIN`, `REVOKE USAGE ON DATABASE RAW FROM ROLE KINESNOW`,
		`REVOKE USAGE ON SCHEMA RAW.EVENTS FROM ROLE KINESNOW`)
	p.cfg.Snowflake.SchemaEvolution = config.NoEvolution
	r := p.examine()
	p.complains(r,
		missing(doctor.Snowflake, "USAGE on database RAW: there is none, or KINESNOW has no right on it"),
		missing(doctor.Snowflake, "USAGE on schema RAW.EVENTS: there is none"), missing(doctor.Snowflake, "INSERT on table RAW.EVENTS.ORDERS: there is none"))
	p.heal(r)
	p.healthy()
}

func TestNamesInTheWrongCaseAreNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	s := &p.cfg.Snowflake
	for what, wrong := range map[string]*string{"database": &s.Database, "schema": &s.Schema, "table": &s.Table} {
		right := *wrong
		*wrong = strings.ToLower(right[:1]) + right[1:]
		r := p.examine()
		p.complains(r, missing(doctor.Snowflake, "no %s %q; there is %q: names are taken in exact case", what, *wrong, right))
		p.exits(r, 2)
		*wrong = right
	}
	p.healthy()
}

func TestAPipeThatIsNotThereCanBeMade(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.cfg.Snowflake.Pipe = `my "pipe`
	r := p.examine()
	p.complains(r, missing(doctor.Snowflake, `no pipe "my \"pipe" is to be seen in RAW.EVENTS`), missing(doctor.Snowflake, `OPERATE on pipe RAW.EVENTS.my "pipe`))
	p.exits(r, 2)
	p.heal(r)
	p.healthy()
}

func TestAPipeOfAnotherTableIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{Tables: []string{"ORDERS", "OTHERS"}})
	p.as(localcloud.Role, `CREATE TABLE RAW.EVENTS.OTHER (KINESISMETADATA OBJECT)`)
	p.admin(`CREATE PIPE RAW.EVENTS.P AS COPY INTO RAW.EVENTS.OTHER FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE`,
		`GRANT OPERATE ON PIPE RAW.EVENTS.P TO ROLE KINESNOW`)
	p.cfg.Snowflake.Pipe = "P"
	p.complains(p.examine(), missing(doctor.Target, "pipe P writes into table RAW.EVENTS.OTHER"))
}

func TestErrorLoggingThatIsOffIsSaid(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.admin(`ALTER TABLE RAW.EVENTS.ORDERS SET ERROR_LOGGING = FALSE`)
	r := p.examine()
	p.complains(r, warned(doctor.Target, "ERROR_LOGGING is off"))
	p.exits(r, 2)
	p.heal(r)
	p.healthy()
}

// TestTheScriptOfEveryKindOfTableLeadsToAHealthyDoctor: what setup grants prints
// leaves nothing to be warned of that its user could do nothing about. An
// interactive table's error table is such a thing: no page says that it has one.
func TestTheScriptOfEveryKindOfTableLeadsToAHealthyDoctor(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	for kind, evolution := range map[setup.TableKind]config.SchemaEvolution{
		setup.StandardTable: config.ServerEvolution, setup.InteractiveTable: config.ServerEvolution, setup.IcebergTable: config.ClientEvolution,
	} {
		p.cfg.Snowflake.Database, p.cfg.Snowflake.Table, p.cfg.Snowflake.SchemaEvolution = "SHOP", string(kind), evolution
		script, err := setup.Grants(name, p.cfg, setup.GrantOptions{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range script.Statements {
			p.as(s.Role, s.SQL)
		}
		p.healthy()
		if kind == setup.InteractiveTable {
			says := text(t, p.examine())
			for _, want := range []string{"ok       table      ERROR_LOGGING is off, and no page", `-> ALTER TABLE "SHOP"."EVENTS"."interactive" SET ERROR_LOGGING = TRUE`} {
				if !strings.Contains(says, want) {
					t.Errorf("%q is not in\n%s", want, says)
				}
			}
		}
	}
}

func TestAMetadataColumnThatNobodyWillAddIsMissing(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.as(localcloud.Role, `CREATE OR REPLACE TABLE RAW.EVENTS.ORDERS (N NUMBER) ERROR_LOGGING = TRUE ROW_TIMESTAMP = TRUE`)
	p.cfg.Snowflake.SchemaEvolution = config.NoEvolution
	r := p.examine()
	p.complains(r, missing(doctor.Target, "KINESISMETADATA"))
	p.exits(r, 2)
	p.heal(r)
	p.healthy()
}

// TestEvolutionThatTheTableDoesNotKnowIsSaid: the configuration expects it.
func TestEvolutionThatTheTableDoesNotKnowIsSaid(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.admin(`ALTER TABLE RAW.EVENTS.ORDERS SET ENABLE_SCHEMA_EVOLUTION = FALSE`)
	r := p.examine()
	p.complains(r, warned(doctor.Target, "schema_evolution is server"))
	p.heal(r)
	p.healthy()
}

func TestAPartitionedIcebergTableIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.admin(`GRANT CREATE ICEBERG TABLE ON SCHEMA RAW.EVENTS TO ROLE KINESNOW`, `CREATE EXTERNAL VOLUME V STORAGE_LOCATIONS = ((NAME = 'a' STORAGE_PROVIDER = 'S3' STORAGE_BASE_URL = 's3://b/'))`,
		`GRANT USAGE ON EXTERNAL VOLUME V TO ROLE KINESNOW`)
	const columns = `(KINESISMETADATA OBJECT(stream STRING, shardId STRING, approximateArrival STRING, partitionKey STRING, sequenceNumber STRING, subSequenceNumber INTEGER, shardedSequenceNumber STRING), D DATE)`
	const rest = ` CATALOG = 'SNOWFLAKE' EXTERNAL_VOLUME = 'V' BASE_LOCATION = 'x' ERROR_LOGGING = TRUE`
	p.as(localcloud.Role, `CREATE ICEBERG TABLE RAW.EVENTS.LAKE `+columns+` PARTITION BY (DAY(D))`+rest, `CREATE ICEBERG TABLE RAW.EVENTS.PLAIN `+columns+rest)
	p.cfg.Snowflake.SchemaEvolution = config.ClientEvolution
	p.cfg.Snowflake.Table = "LAKE"
	r := p.examine()
	p.complains(r, warned(doctor.Target, "Iceberg table LAKE is partitioned"))
	p.exits(r, 2)
	p.cfg.Snowflake.Table = "PLAIN"
	p.healthy()
	p.admin(`REVOKE USAGE ON EXTERNAL VOLUME V FROM ROLE KINESNOW`)
	r = p.examine()
	p.complains(r, missing(doctor.Snowflake, "USAGE on external volume V"))
	p.heal(r)
	p.healthy()
}

func TestARoleInTheWrongCaseIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	p.cfg.Snowflake.Role = "Kinesnow"
	r := p.examine()
	p.complains(r, missing(doctor.Snowflake, `no role "Kinesnow" is granted to user KINESNOW; there is "KINESNOW"`))
	p.exits(r, 77)
}

func TestATokenThatIsNotAcceptedIsNamed(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	file := t.TempDir() + "/token"
	if err := os.WriteFile(file, []byte("revoked"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.cfg.Snowflake.Authenticator, p.cfg.Snowflake.TokenFile = config.PAT, file
	r := p.examine()
	p.complains(r, missing(doctor.Snowflake, "the token of user KINESNOW is not accepted"))
	p.exits(r, 77)
	look := `SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER "KINESNOW"`
	if printed := strings.Join(strings.Fields(text(t, r)), " "); !strings.Contains(printed, look) {
		t.Errorf("no %s in\n%s", look, printed)
	}
	p.admin(look)
	if err := p.cloud.Snowflake.RegisterToken(localsnowflake.ProgrammaticAccessToken, "revoked", localcloud.User, "", time.Time{}); err != nil {
		t.Fatal(err)
	}
	p.healthy()
}

// TestANetworkPolicyIsNotTakenForAWrongKey: both refuse, and only the number tells.
func TestANetworkPolicyIsNotTakenForAWrongKey(t *testing.T) {
	p := newPatient(t, localcloud.Options{})
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
		case "/session/v1/login-request":
			_, _ = w.Write([]byte(`{"success":false,"code":"390422","message":"Incoming request with IP/Token 192.0.2.1 is not allowed to access Snowflake.","data":{}}`))
		default:
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"code":"390422","message":"Incoming request with IP/Token 192.0.2.1 is not allowed to access Snowflake."}`))
		}
	}))
	t.Cleanup(gateway.Close)
	p.cfg.Snowflake.Host = gateway.URL
	r := p.examine()
	p.complains(r, missing(doctor.Snowflake, "a network policy does not let this address in"))
	p.exits(r, 77)
}
