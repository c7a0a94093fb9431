// snowflake-sdk against localsnowflake, unmodified: one line of JSON for each
// operation. HOST, PORT, ACCOUNT, JUDGE, PASSWORD and KEY_FILE say where.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import snowflake from 'snowflake-sdk';

const { HOST, PORT, ACCOUNT, JUDGE, PASSWORD, KEY_FILE } = process.env;
snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false });

const connect = (more = {}) => new Promise((resolve, reject) => {
  const options = { account: ACCOUNT, username: JUDGE, accessUrl: `http://${HOST}:${PORT}`, database: 'DB', schema: 'PUBLIC', warehouse: 'WH', role: 'ACCOUNTADMIN',
    representNullAsStringNull: false }; // else a NULL TIME is the text 'NULL'
  if (!more.authenticator) options.password = PASSWORD;
  const c = snowflake.createConnection({ ...options, ...more });
  c.connect((e) => (e ? reject(e) : resolve(c)));
});

// ask runs a statement and gives its rows, and the statement beside them.
const ask = (c, sqlText, more = {}) => new Promise((resolve, reject) => {
  c.execute({ sqlText, ...more, complete: (e, statement, rows) => (e ? reject(e) : resolve(Object.assign(rows ?? [], { statement }))) });
});

const refused = async (promise, code, sqlState) => {
  const e = await promise.then(() => assert.fail('was not refused'), (e) => e);
  assert.deepEqual([e.code, e.sqlState], [code, sqlState], e.message);
  return e;
};

const streamed = (stream) => new Promise((resolve, reject) => {
  const rows = [];
  stream.on('data', (row) => rows.push(row)).on('error', reject).on('end', () => resolve(rows));
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const plain = (rows) => JSON.parse(JSON.stringify(rows));
let db;

const operations = {
  async 'log in with a key pair'() {
    const c = await connect({ authenticator: 'SNOWFLAKE_JWT', privateKey: fs.readFileSync(KEY_FILE, 'utf8') });
    assert.deepEqual(plain(await ask(c, 'SELECT CURRENT_USER() AS u, CURRENT_ROLE() AS r, CURRENT_DATABASE() AS d, CURRENT_SCHEMA() AS s, CURRENT_WAREHOUSE() AS w')),
      [{ U: JUDGE, R: 'ACCOUNTADMIN', D: 'DB', S: 'PUBLIC', W: 'WH' }]);
    return 'a JWT whose times are in milliseconds; role, database, schema, warehouse';
  },

  async 'log in with a password'() {
    db = await connect();
    assert.deepEqual(plain(await ask(db, 'SELECT 1 AS x')), [{ X: 1 }]);
    const e = await refused(connect({ password: 'wrong' }), '390100', '08001');
    assert.match(e.message, /Incorrect username or password/);
    return 'in with the right one, 390100 with a wrong one';
  },

  async 'every type, fetched'() {
    await ask(db, `CREATE OR REPLACE TABLE js_types (n NUMBER(38,2), i INT, f FLOAT, s VARCHAR(10), b BOOLEAN, x BINARY, d DATE, t TIME,
      ntz TIMESTAMP_NTZ, ltz TIMESTAMP_LTZ, tz TIMESTAMP_TZ, v VARIANT, o OBJECT, a ARRAY)`);
    const inserted = await ask(db, `INSERT INTO js_types SELECT 12.50, 42, 1.5e10, 'hé😀', TRUE, TO_BINARY('00ff'), '2026-02-28', '23:59:59.123456',
      '2026-02-28 01:02:03.123456', '2026-02-28 01:02:03.123456 +0000', '2026-02-28 01:02:03.5 +0530', PARSE_JSON('{"a":[1,2.5,null]}'), {'k': 1}, [1, 'x']`);
    assert.deepEqual([plain(inserted), inserted.statement.getNumUpdatedRows()], [[{ 'number of rows inserted': 1 }], 1]);
    const rows = await ask(db, 'SELECT * FROM js_types');
    assert.deepEqual(rows.statement.getColumns().map((c) => c.getType()).join(' '),
      'fixed fixed real text boolean binary date time timestamp_ntz timestamp_ltz timestamp_tz variant object array');
    assert.deepEqual([rows.statement.getColumn('N').getScale(), rows.statement.getColumn('N').getPrecision()], [2, 38]);
    const [r] = rows;
    assert.deepEqual([r.N, r.I, r.F, r.S, r.B, [...r.X], r.T], [12.5, 42, 1.5e10, 'hé😀', true, [0, 255], '23:59:59']);
    assert.deepEqual([r.D, r.NTZ, r.LTZ, r.TZ].map((d) => d.toISOString()),
      ['2026-02-28T00:00:00.000Z', '2026-02-28T01:02:03.123Z', '2026-02-28T01:02:03.123Z', '2026-02-27T19:32:03.500Z']);
    assert.deepEqual([r.V, r.O, r.A], [{ a: [1, 2.5, null] }, { k: 1 }, [1, 'x']]);
    await ask(db, 'INSERT INTO js_types (i) VALUES (NULL)');
    const [none] = await ask(db, 'SELECT * FROM js_types WHERE n IS NULL');
    assert.ok(Object.values(none).every((v) => v === null) && Object.keys(none).length === 14);
    return '14 types with values and with NULL; JSON as objects';
  },

  async 'values as texts'() {
    const rows = await ask(db, "SELECT 12345678901234567890.50 AS n, '1900-01-01'::DATE AS d, TRUE AS b, PARSE_JSON('{\"a\":1}') AS v, '1969-12-31 23:59:59.25'::TIMESTAMP_NTZ AS t",
      { fetchAsString: ['Number', 'Date', 'Boolean', 'JSON'] });
    assert.deepEqual({ ...rows[0], V: JSON.parse(rows[0].V) }, { N: '12345678901234567890.50', D: '1900-01-01', B: 'TRUE', V: { a: 1 }, T: '1969-12-31 23:59:59.250' });
    return 'fetchAsString keeps 22 digits, years before 1970';
  },

  async 'bindings'() {
    const rows = await ask(db, 'SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e', { binds: [7, "it's é", true, null, 1.25] });
    assert.deepEqual(plain(rows), [{ A: 7, B: "it's é", C: true, D: null, E: 1.25 }]);
    assert.deepEqual(plain(await ask(db, 'SELECT :2 AS a, :1 AS b, :2 AS c', { binds: ['x', 'y'] })), [{ A: 'y', B: 'x', C: 'y' }]);
    return '5 types by place, :n twice';
  },

  async 'rows bound to an INSERT'() {
    await ask(db, 'CREATE OR REPLACE TABLE js_many (a INT, b VARCHAR)');
    const binds = Array.from({ length: 5000 }, (_, i) => [i, i % 10 ? `row ${i}` : null]);
    assert.deepEqual(plain(await ask(db, 'INSERT INTO js_many VALUES (?, ?)', { binds })), [{ 'number of rows inserted': 5000 }]);
    assert.deepEqual(plain(await ask(db, 'SELECT COUNT(*) AS n, SUM(a) AS s, COUNT(b) AS b FROM js_many')), [{ N: 5000, S: 12497500, B: 4500 }]);
    return '5,000 rows of arrays';
  },

  async 'errors have their numbers'() {
    for (const [sql, code, state] of [
      ['SELECT * FROM missing', '002003', '42S02'], ['SELEC 1', '001003', '42000'], ['SELECT nofunction(1)', '002140', '42601'], ['SELECT 1 / 0', '100051', '22012'],
      ['CREATE TABLE js_many (a INT)', '002002', '42710'], ['USE DATABASE nowhere', '002043', '02000'], ['CREATE TASK t AS SELECT 1', '000002', '0A000'],
    ]) {
      const e = await refused(ask(db, sql), code, state);
      assert.equal(e.data.queryId.length, 36);
    }
    return '7 statements: code, sqlState, query ID';
  },

  async 'several statements in one text'() {
    const all = await new Promise((resolve, reject) => {
      const results = [];
      db.execute({
        sqlText: "SELECT 1 AS a; SELECT 'x;y' AS b -- ;\n; CREATE OR REPLACE TABLE js_several (x INT); INSERT INTO js_several VALUES (5), (6)",
        parameters: { MULTI_STATEMENT_COUNT: 4 },
        complete: (e, statement, rows) => {
          if (e) return reject(e);
          results.push(...rows);
          return statement.hasNext() ? statement.NextResult() : resolve(results);
        },
      });
    });
    assert.deepEqual(plain(all), [{ A: 1 }, { B: 'x;y' }, { status: 'Table JS_SEVERAL successfully created.' }, { 'number of rows inserted': 2 }]);
    await refused(ask(db, 'SELECT 1; SELECT 2'), '000008', '0A000');
    return 'four results in order, a wrong count is 000008';
  },

  async 'asynchronous queries'() {
    const rows = await ask(db, 'SELECT COUNT(*) AS n FROM TABLE(GENERATOR(ROWCOUNT => 1000)) x, TABLE(GENERATOR(ROWCOUNT => 2000)) y', { asyncExec: true });
    const queryId = rows.statement.getQueryId();
    for (let i = 0; i < 400 && db.isStillRunning(await db.getQueryStatus(queryId)); i++) await pause(50);
    assert.equal(await db.getQueryStatus(queryId), 'SUCCESS');
    assert.deepEqual(plain(await streamed((await db.getResultsFromQueryId({ queryId })).streamRows())), [{ N: 2_000_000 }]);
    const other = await connect();
    assert.deepEqual(plain(await streamed((await other.getResultsFromQueryId({ queryId })).streamRows())), [{ N: 2_000_000 }]);
    const failing = await ask(db, 'SELECT * FROM missing', { asyncExec: true });
    for (let i = 0; i < 400 && db.isStillRunning(await db.getQueryStatus(failing.statement.getQueryId())); i++) await pause(50);
    assert.equal(await db.getQueryStatus(failing.statement.getQueryId()), 'FAILED_WITH_ERROR');
    await assert.rejects(db.getQueryStatusThrowIfError(failing.statement.getQueryId()), /Object 'DB.PUBLIC.MISSING' does not exist/);
    return 'status until SUCCESS, the result in this and in another session, the error of a failed one';
  },

  async 'a running query is cancelled'() {
    const began = Date.now();
    const e = await new Promise((resolve, reject) => {
      const statement = db.execute({
        sqlText: 'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 100000000)) x, TABLE(GENERATOR(ROWCOUNT => 100000)) y',
        complete: (e) => (e ? resolve(e) : reject(new Error('it ended'))),
      });
      setTimeout(() => statement.cancel((e) => e && reject(e)), 300);
    });
    assert.deepEqual([e.code, e.sqlState], ['000604', '57014']);
    return `000604 after ${Date.now() - began} ms`;
  },

  async 'describe'() {
    const rows = await ask(db, 'SELECT a, b, CURRENT_DATE() AS d FROM js_many WHERE a = ?', { binds: [1], describeOnly: true });
    assert.deepEqual([rows.length, rows.statement.getColumns().map((c) => `${c.getName()} ${c.getType()}`)], [0, ['A fixed', 'B text', 'D date']]);
    return 'describeOnly: names and types, no rows';
  },

  async 'transactions'() {
    for (const [end, left] of [['ROLLBACK', 0], ['COMMIT', 1]]) {
      await ask(db, 'BEGIN');
      await ask(db, 'INSERT INTO js_several VALUES (100)');
      assert.equal((await ask(db, 'SELECT COUNT(*) AS n FROM js_several WHERE x = 100'))[0].N, 1);
      await ask(db, end);
      assert.equal((await ask(db, 'SELECT COUNT(*) AS n FROM js_several WHERE x = 100'))[0].N, left);
    }
    return 'rolled back, committed';
  },

  async 'time zones'() {
    await ask(db, "ALTER SESSION SET TIMEZONE = 'America/Los_Angeles'");
    const [r] = await ask(db, "SELECT '2026-02-28 01:02:03 +0000'::TIMESTAMP_LTZ AS t, '2026-07-28 01:02:03 +0000'::TIMESTAMP_LTZ AS u");
    assert.deepEqual([r.T.toJSON(), r.U.toJSON()], ['2026-02-27 17:02:03.000 -0800', '2026-07-27 18:02:03.000 -0700']);
    await ask(db, "ALTER SESSION SET TIMEZONE = 'UTC'");
    return 'winter and summer in Los Angeles';
  },

  async 'an expired session is renewed'() {
    assert.equal((await ask(db, 'SELECT CURRENT_USER() AS u /* session expires */'))[0].U, JUDGE);
    return '390112, then the driver renews and asks again';
  },

  async 'heartbeat'() {
    assert.deepEqual([await db.isValidAsync(), db.isUp()], [true, true]);
    return 'the session is valid';
  },

  async 'a large result'() {
    const began = Date.now();
    const sql = "SELECT SEQ8() AS n, 'row ' || n AS s FROM TABLE(GENERATOR(ROWCOUNT => 100000)) ORDER BY n";
    const rows = await ask(db, sql);
    assert.deepEqual([rows.length, plain(rows[0]), plain(rows[99_999])], [100_000, { N: 0, S: 'row 0' }, { N: 99_999, S: 'row 99999' }]);
    const stream = await streamed(db.execute({ sqlText: sql, streamResult: true }).streamRows({ start: 50_000, end: 50_009 }));
    assert.deepEqual(stream.map((r) => r.N), Array.from({ length: 10 }, (_, i) => 50_000 + i));
    return `100,000 rows at once and a slice as a stream in ${Date.now() - began} ms`;
  },

  async 'what a data platform asks'() {
    await ask(db, 'CREATE OR REPLACE TABLE js_stock (sku VARCHAR, n INT)');
    await ask(db, "INSERT INTO js_stock VALUES ('a', 1), ('b', 2)");
    assert.deepEqual(plain(await ask(db, `MERGE INTO js_stock t USING (SELECT column1 AS sku, column2 AS n FROM VALUES ('a', 10), ('c', 3)) s ON t.sku = s.sku
      WHEN MATCHED THEN UPDATE SET n = t.n + s.n WHEN NOT MATCHED THEN INSERT (sku, n) VALUES (s.sku, s.n)`)), [{ 'number of rows inserted': 1, 'number of rows updated': 1 }]);
    for (const [sql, want] of [
      ['SELECT sku FROM js_stock o WHERE EXISTS (SELECT 1 FROM js_stock i WHERE i.n < o.n) ORDER BY sku', ['a', 'c']],
      ['SELECT sku FROM js_stock QUALIFY ROW_NUMBER() OVER (ORDER BY n DESC) = 1', ['a']],
      ["SELECT column_name FROM information_schema.columns WHERE table_name = 'JS_STOCK' ORDER BY ordinal_position", ['SKU', 'N']],
    ]) assert.deepEqual((await ask(db, sql)).map((r) => Object.values(r)[0]), want);
    return 'MERGE, correlated EXISTS, QUALIFY, INFORMATION_SCHEMA';
  },

  async 'a destroyed connection'() {
    await new Promise((resolve, reject) => db.destroy((e) => (e ? reject(e) : resolve())));
    assert.equal(db.isUp(), false);
    await assert.rejects(ask(db, 'SELECT 1'));
    return 'it is down and takes no statement';
  },
};

for (const [operation, run] of Object.entries(operations)) {
  let line;
  try {
    line = { operation, agrees: true, detail: await run() };
  } catch (e) {
    line = { operation, agrees: false, detail: `${e.name} ${e.code ?? ''}: ${e.message}` };
  }
  console.log(JSON.stringify(line));
}
process.exit(0);
