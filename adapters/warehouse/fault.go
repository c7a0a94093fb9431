package warehouse

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	sf "github.com/snowflakedb/gosnowflake/v2"

	"github.com/kinesnow/kinesnow/adapters/account"
	"github.com/kinesnow/kinesnow/messages"
)

// Numbers of Snowflake's and the driver's errors that mean something here.
const (
	noWarehouse    = 606    // no active warehouse in the session
	notThere       = 2003   // object does not exist or not authorized
	notThereEither = 2043   // the same, of SHOW and DESC
	noPrivilege    = 3001   // insufficient privileges
	refusedSignIn  = 260008 // 401 or 403 at sign-in
	unknownAuth    = 261004 // sign-in failed without a reason
	sessionGone    = 390111
	sessionExpired = 390112
	masterMissing  = 390113
	masterExpired  = 390114
	masterInvalid  = 390115
	targetNotThere = 390201 // database, schema or warehouse of the session
)

// authError reports that a number is one of authentication: 390xxx for
// sessions and credentials in general, 394xxx for JWTs and programmatic
// access tokens.
func authError(number int) bool { return number/1000 == 390 || number/1000 == 394 }

// fault gives a driver's error its meaning.
func (w *Warehouse) fault(call string, err error) *messages.Fault {
	f := &messages.Fault{Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: op(call), Err: unanswered(err), Hint: account.Untrusted(err)}
	var known *messages.Fault
	if errors.As(err, &known) {
		own := *known // of the credential's source
		own.Op = op(call)
		return &own
	}
	var said *sf.SnowflakeError
	if !errors.As(err, &said) {
		return f
	}
	defer func() {
		var tried *signInError
		if f.Stop == messages.AccessDenied && errors.As(err, &tried) {
			f.Hint += tried.keys()
		}
	}()
	f.Err = &statementError{said}
	switch n := said.Number; n {
	case notThere, notThereEither, targetNotThere:
		w.reject(f, messages.TargetMissing, messages.ReasonMissing)
		if n == targetNotThere && w.cfg.Warehouse != "" { // the only object that a sign-in names
			f.Hint = w.warehouse()
		}
	case noWarehouse:
		w.reject(f, messages.TargetMissing, messages.ReasonMissing)
		f.Hint = w.warehouse()
	case noPrivilege, refusedSignIn:
		w.reject(f, messages.AccessDenied, messages.ReasonDenied)
	case sessionGone, sessionExpired, masterMissing, masterExpired, masterInvalid, unknownAuth:
		f.Complete = n != unknownAuth // a new session heals it
	default:
		switch {
		case authError(n):
			w.reject(f, messages.AccessDenied, messages.ReasonDenied)
		case n > 0 && n < 260000 && said.SQLState != "":
			f.Reason, f.Complete = messages.ReasonRefused, true
		}
	}
	return f
}

// unanswered words a request that was not answered by its host: the driver's URL
// has nothing but numbers of its own.
func unanswered(err error) error {
	var sent *url.Error
	if !errors.As(err, &sent) {
		return err
	}
	to, wrong := url.Parse(sent.URL)
	if wrong != nil {
		return sent.Err
	}
	return fmt.Errorf("%s://%s: %w", to.Scheme, to.Host, sent.Err)
}

// reject makes f one that no time heals.
func (w *Warehouse) reject(f *messages.Fault, stop messages.StopCode, reason messages.Reason) {
	f.Class, f.Reason, f.Stop, f.Complete = messages.Rejected, reason, stop, true
	f.Hint = "check the names in " + w.cfg.Database + "." + w.cfg.Schema + " (exact case) and what " + w.who() + " may see"
	if stop == messages.AccessDenied {
		f.Hint = "check the credentials and the grants of " + w.who()
	}
}

// warehouse is the way out where queries have none to run on.
func (w *Warehouse) warehouse() string {
	name, err := Quote(strings.ToUpper(w.cfg.Warehouse)) // a sign-in folds it
	if err != nil {
		return "set snowflake.warehouse to one that " + w.who() + " may use"
	}
	hint := "check snowflake.warehouse, which is " + w.cfg.Warehouse + ", and that " + w.who() + " may use it"
	if role, err := Quote(w.cfg.Role); err == nil {
		hint += ": GRANT USAGE ON WAREHOUSE " + name + " TO ROLE " + role
	}
	return hint
}

func (w *Warehouse) who() string {
	if w.cfg.Role == "" {
		return "user " + w.cfg.User
	}
	return "user " + w.cfg.User + " with role " + w.cfg.Role
}

// about renames a fault of Query after the call that ran it.
func (w *Warehouse) about(call string, err error) error {
	f := *messages.AsFault(op(call), err)
	f.Op = op(call)
	return &f
}

// misuse is the fault of a name that can be none.
func (w *Warehouse) misuse(call string, err error) *messages.Fault {
	f := &messages.Fault{Op: op(call), Err: err}
	w.reject(f, messages.TargetMissing, messages.ReasonMissing)
	return f
}

func op(call string) string { return "warehouse." + call }

// statementError words Snowflake's error on one short line.
type statementError struct{ said *sf.SnowflakeError }

func (e *statementError) Error() string { return clip(e.said.Error(), 500) }
func (e *statementError) Unwrap() error { return e.said }
