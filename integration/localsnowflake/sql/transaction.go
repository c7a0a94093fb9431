package sql

import (
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// transaction is what a session changed since BEGIN, or since its last COMMIT
// where AUTOCOMMIT is FALSE. Nobody else sees it before COMMIT. Reading is READ
// COMMITTED: what others commit meanwhile is seen.
type transaction struct {
	id     int64
	holder *holder
	tables map[int64]*tableChange
	order  []int64 // of tables
}

// tableChange is what a transaction does to one table.
type tableChange struct {
	added []rowstore.Row // IDs from provisional on; a removed one has no JSON
	gone  map[int64]bool // rows of the store
}

// provisional is the first ID of rows that are not committed: beyond all that
// a table will ever have.
const provisional = int64(1) << 62

var lastTransaction atomic.Int64

func newTransaction(now time.Time) *transaction {
	return &transaction{id: now.UnixNano() + lastTransaction.Add(1), holder: newHolder(), tables: map[int64]*tableChange{}}
}

// change finds or begins the change of a table.
func (t *transaction) change(table int64) *tableChange {
	c := t.tables[table]
	if c == nil {
		c = &tableChange{gone: map[int64]bool{}}
		t.tables[table] = c
		t.order = append(t.order, table)
	}
	return c
}

func (c *tableChange) add(rows []rowstore.Row) {
	for _, r := range rows {
		r.ID = provisional + int64(len(c.added))
		c.added = append(c.added, r)
	}
}

func (c *tableChange) remove(ids []int64) {
	for _, id := range ids {
		if id >= provisional {
			c.added[id-provisional].JSON = nil
			continue
		}
		c.gone[id] = true
	}
}

// transact runs BEGIN, COMMIT and ROLLBACK.
func (e *environment) transact(s *transactionStatement) (*Result, error) {
	switch s.do {
	case "BEGIN":
		if e.session.transaction() == nil {
			e.session.begin(newTransaction(e.now))
		}
	case "COMMIT":
		if err := e.commit(); err != nil {
			return nil, err
		}
	case "ROLLBACK":
		e.engine.rollback(e.session)
	}
	return status(statusExecuted, typeTransaction), nil
}

// commit makes the session's changes visible, of all tables at once, and ends
// its transaction. Without one it does nothing.
func (e *environment) commit() error {
	t := e.session.transaction()
	if t == nil {
		return nil
	}
	defer e.engine.locks.release(t.holder)
	e.session.begin(nil)
	var all rowstore.Transaction
	for _, table := range t.order {
		if _, ok := e.engine.Catalog.TableByID(table); !ok {
			continue // dropped meanwhile, with its rows
		}
		c := t.tables[table]
		var rows []rowstore.Row
		for _, r := range c.added {
			if r.JSON != nil {
				r.CommittedAt = e.now
				rows = append(rows, r)
			}
		}
		ids := make([]int64, 0, len(c.gone))
		for id := range c.gone {
			ids = append(ids, id)
		}
		all.Rows = append(all.Rows, rowstore.TableRows{Table: table, Rows: rows})
		all.Gone = append(all.Gone, rowstore.TableIDs{Table: table, IDs: ids})
	}
	if len(all.Rows) == 0 {
		return nil // nothing was changed
	}
	return e.engine.Rows.Commit(all)
}

// rollback forgets a session's changes.
func (e *Engine) rollback(s *Session) {
	if t := s.transaction(); t != nil {
		s.begin(nil)
		e.locks.release(t.holder)
	}
}

// End forgets what a session has not committed. Call it when the session ends.
func (e *Engine) End(s *Session) { e.rollback(s) }

// changeRows adds and removes rows of a table: at once, or with the session's
// transaction. AUTOCOMMIT = FALSE begins one.
func (e *environment) changeRows(table int64, rows []rowstore.Row, ids []int64) error {
	t := e.session.transaction()
	if t == nil && upper(e.session.Parameter("AUTOCOMMIT")) == "FALSE" {
		t = newTransaction(e.now)
		if e.holder != nil {
			t.holder = e.holder // the statement's locks are the transaction's
		}
		e.session.begin(t)
	}
	if t == nil {
		// One commit: an updated row is never seen twice, nor missed.
		return e.engine.Rows.Commit(rowstore.Transaction{
			Rows: []rowstore.TableRows{{Table: table, Rows: rows}}, Gone: []rowstore.TableIDs{{Table: table, IDs: ids}}})
	}
	c := t.change(table)
	c.add(rows)
	c.remove(ids)
	return nil
}

// storedRows yields the rows of a table as the session sees them.
func (e *environment) storedRows(table int64, yield func(rowstore.Row) bool) error {
	var c *tableChange
	if t := e.session.transaction(); t != nil {
		c = t.tables[table]
	}
	if c == nil {
		return e.engine.Rows.Scan(table, 0, yield)
	}
	added, more := c.added, true // as it is now: yield may add rows
	err := e.engine.Rows.Scan(table, 0, func(row rowstore.Row) bool {
		if !c.gone[row.ID] {
			more = yield(row)
		}
		return more
	})
	for _, row := range added {
		if more && err == nil && row.JSON != nil {
			more = yield(row)
		}
	}
	return err
}

// rowIdentity is the number that an AUTOINCREMENT column has in a row. In a row
// that is not committed it is what it will be if nobody else inserts.
func (e *environment) rowIdentity(table int64, row rowstore.Row) (int64, error) {
	if row.ID < provisional {
		return row.ID, nil
	}
	next, err := e.engine.Rows.NextID(table)
	return next + row.ID - provisional, err
}
