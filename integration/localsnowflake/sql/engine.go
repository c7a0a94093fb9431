package sql

import (
	"context"
	"errors"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// Engine runs statements against a catalog and a row store. Its fields are set
// before use and not changed afterwards; it is safe for concurrent use.
type Engine struct {
	Catalog  *catalog.Catalog
	Rows     rowstore.Store
	Channels Channels         // nil: there are no channels
	Results  Results          // nil: no results are kept
	Now      func() time.Time // nil is time.Now
	Trouble  func(error)      // hears of the engine's own failures, with their stack; nil: nobody does

	locks locks
}

// Results are what statements gave before, for RESULT_SCAN.
type Results interface {
	// Result finds the result of a statement of the session's user by its
	// query ID; false when there is none, or none any more.
	Result(s *Session, queryID string) (*Result, bool)
	// Cancel ends a running statement of the session's user; false when it is
	// not running.
	Cancel(s *Session, queryID string) bool
}

// Channels is what SQL asks of the streaming half.
type Channels interface {
	// Channels lists a pipe's open channels by name.
	Channels(pipe *catalog.Pipe) []Channel
	// Invalidate sets a channel to ERR_CHANNEL_MUST_BE_REOPENED; false when
	// there is no such channel.
	Invalidate(pipe *catalog.Pipe, channel string) bool
}

// Channel is one line of SHOW CHANNELS.
type Channel struct {
	Name            string
	OffsetToken     string // last committed, "" for none
	ClientSequencer int64
	RowSequencer    int64
	CreatedOn       time.Time
}

// Execute runs one statement in a session. The error is a *Error. A canceled
// ctx ends a running query.
func (e *Engine) Execute(ctx context.Context, s *Session, text string, binds Bindings) (*Result, error) {
	list, err := Parse(text)
	if err == nil {
		err = CheckCount(list, 1)
	}
	if err != nil {
		return nil, AsError(err)
	}
	return e.Run(ctx, s, list[0], binds)
}

// Run is Execute for a statement that was parsed before.
func (e *Engine) Run(ctx context.Context, s *Session, st Statement, binds Bindings) (result *Result, err error) {
	env, err := e.environment(ctx, s, binds)
	if err != nil {
		return nil, AsError(err)
	}
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, e.internal(r)
		}
		env.release()
		if err != nil {
			err = AsError(err)
		}
	}()
	if _, isInsert := st.node.(*insertStatement); !isInsert && binds.batch() > 0 {
		return nil, unsupported("arrays of bound values outside of INSERT ... VALUES")
	}
	if result, err = env.execute(st.node); err != nil {
		return nil, err
	}
	result.Binds = st.binds
	return result, nil
}

// Describe tells the columns that a statement would give, without running it.
// A statement that gives no rows of its own has none.
func (e *Engine) Describe(ctx context.Context, s *Session, st Statement, binds Bindings) (result *Result, err error) {
	env, err := e.environment(ctx, s, binds)
	if err != nil {
		return nil, AsError(err)
	}
	env.binds.lenient = true
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, e.internal(r)
		}
		if err != nil {
			err = AsError(err)
		}
	}()
	if result, err = env.outline(st.node); err != nil {
		return nil, err
	}
	result.Binds, result.Rows = st.binds, nil
	return result, nil
}

// outline gives the columns of a statement's result.
func (e *environment) outline(st statement) (*Result, error) {
	switch s := st.(type) {
	case *selectStatement:
		r, err := e.query(s.query, nil)
		if err != nil {
			return nil, err
		}
		return &Result{Columns: resultColumns(r.columns), StatementType: typeSelect}, nil
	case *insertStatement:
		r := affected(typeInsert, insertCounts, 0)
		r.ArrayBind = s.rows != nil
		return r, nil
	case *deleteStatement:
		return affected(typeDelete, deleteCounts, 0), nil
	case *updateStatement:
		return affected(typeUpdate, updateCounts, 0, 0), nil
	case *mergeStatement:
		return s.outcome(0, 0, 0), nil
	case *showStatement:
		return e.show(s)
	case *describeStatement:
		return e.describe(s)
	case *alterToken:
		if names, ok := tokenColumns[s.verb]; ok {
			return tokenRow(names), nil
		}
	}
	return status("", typeOf(st)), nil
}

func (e *Engine) environment(ctx context.Context, s *Session, binds Bindings) (*environment, error) {
	now := time.Now
	if e.Now != nil {
		now = e.Now
	}
	zone, err := location(s.Parameter("TIMEZONE"))
	if err != nil {
		return nil, err
	}
	return &environment{ctx: ctx, engine: e, session: s, now: now().UTC(), zone: zone, binds: binds, work: &work{}}, nil
}

func (e *environment) execute(st statement) (*Result, error) {
	switch s := st.(type) {
	case *selectStatement:
		return e.selectRows(s)
	case *insertStatement:
		return e.insert(s)
	case *deleteStatement:
		return e.delete(s)
	case *updateStatement:
		return e.update(s)
	case *mergeStatement:
		return e.merge(s)
	case *transactionStatement:
		return e.transact(s)
	case *setStatement:
		return e.set(s)
	case *acceptedStatement:
		return status(s.message, s.id), nil
	case *alterSession:
		return e.alterSession(s)
	case *describeStatement:
		return e.describe(s)
	case *showStatement:
		return e.show(s)
	case *useStatement:
		return e.use(s)
	}
	// What is left defines something, and that ends a transaction first
	// (docs.snowflake.com/sql-reference/transactions).
	if err := e.commit(); err != nil {
		return nil, err
	}
	return e.define(st)
}

// define runs the statements that change the catalog.
func (e *environment) define(st statement) (*Result, error) {
	switch s := st.(type) {
	case *truncateStatement:
		return e.truncate(s)
	case *createDatabase:
		return e.createDatabase(s)
	case *createSchema:
		return e.createSchema(s)
	case *createTable:
		return e.createTable(s)
	case *createPipe:
		return e.createPipe(s)
	case *createVolume:
		return e.createVolume(s)
	case *createView:
		return e.createView(s)
	case *createUser:
		return e.createUser(s)
	case *createRole:
		return e.createRole(s)
	case *createWarehouse:
		return e.createWarehouse(s)
	case *alterTable:
		return e.alterTable(s)
	case *alterUser:
		return e.alterUser(s)
	case *alterToken:
		return e.alterToken(s)
	case *alterPipe:
		return e.alterPipe(s)
	case *dropStatement:
		return e.drop(s)
	case *commentStatement:
		return e.comment(s)
	case *grantStatement:
		return e.grant(s)
	}
	return nil, errors.New("statement without an executor")
}

func (e *environment) selectRows(s *selectStatement) (*Result, error) {
	r, err := e.query(s.query, nil)
	if err != nil {
		return nil, err
	}
	result := &Result{Columns: resultColumns(r.columns), StatementType: typeSelect}
	err = r.each(func(row []Value) error {
		result.Rows = append(result.Rows, row)
		return nil
	})
	return result, err
}
