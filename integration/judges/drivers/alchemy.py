"""snowflake-sqlalchemy against localsnowflake, unmodified: what the dialect asks
of SHOW, DESC and INFORMATION_SCHEMA when it reflects, and what it writes.

One line of JSON for each operation. HOST, PORT, ACCOUNT, JUDGE and PASSWORD say
where.
"""
import datetime as dt
import decimal
import json
import os
import warnings

from snowflake.sqlalchemy import ARRAY, OBJECT, TIMESTAMP_NTZ, URL, VARIANT, MergeInto
from sqlalchemy import (Boolean, Column, Date, ForeignKey, Identity, Integer, MetaData, Numeric, String, Table, create_engine, exc, exists, func, inspect, literal,
                        select, text)

warnings.simplefilter("ignore")
engine = create_engine(
    URL(account=os.environ["ACCOUNT"], user=os.environ["JUDGE"], password=os.environ["PASSWORD"], host=os.environ["HOST"], port=int(os.environ["PORT"]),
        database="DB", schema="ALCHEMY", warehouse="WH", role="ACCOUNTADMIN"),
    connect_args={"protocol": "http"},
)

meta = MetaData()
customer = Table(
    "customer", meta, Column("id", Integer, Identity(), primary_key=True), Column("name", String(20), nullable=False, unique=True, comment="who"),
    Column("at", TIMESTAMP_NTZ), Column("n", Numeric(10, 2), server_default=text("1.5")), Column("v", VARIANT), comment="those who buy")
order = Table(
    "order", meta, Column("id", Integer, primary_key=True, autoincrement=False), Column("customer_id", Integer, ForeignKey("customer.id", name="buyer")),
    Column("Mixed Case", String), Column("paid", Boolean), Column("d", Date), Column("o", OBJECT), Column("a", ARRAY))
operations = []


def operation(name):
    return lambda f: operations.append((name, f))


def same(got, want):
    if got != want:
        raise AssertionError(f"got {got!r}, want {want!r}")


@operation("create and drop")
def _():
    meta.drop_all(engine)
    meta.create_all(engine)
    i = inspect(engine)
    same(sorted(i.get_table_names()), ["customer", "order"])
    same((i.has_table("customer"), i.has_table("order"), i.has_table("nothing")), (True, True, False))
    return "CREATE TABLE with identity, keys, defaults, comments and names that need quotes"


@operation("insert and select")
def _():
    with engine.begin() as c:
        same(c.execute(customer.insert(), [{"name": "ann", "at": dt.datetime(2026, 2, 28, 1, 2, 3, 4)}, {"name": "bob", "at": None}]).rowcount, 2)
        c.execute(order.insert().values(id=1, customer_id=1, paid=True, d=dt.date(2026, 2, 28), **{"Mixed Case": "x'\"y"}))
    with engine.connect() as c:
        got = c.execute(select(customer.c.name, customer.c.at, customer.c.n, order.c["Mixed Case"], order.c.paid, order.c.d).select_from(customer.outerjoin(order)).order_by(customer.c.id)).fetchall()
        same([tuple(r) for r in got], [("ann", dt.datetime(2026, 2, 28, 1, 2, 3, 4), decimal.Decimal("1.50"), "x'\"y", True, dt.date(2026, 2, 28)), ("bob", None, decimal.Decimal("1.50"), None, None, None)])
        q = select(customer.c.name).where(exists().where(order.c.customer_id == customer.c.id)).cte("buyers")
        same(c.execute(select(q)).scalars().all(), ["ann"])
    return "defaults, an outer join, a CTE with a correlated EXISTS"


@operation("transactions")
def _():
    with engine.connect() as c:
        t = c.begin()
        c.execute(customer.insert().values(name="zed"))
        same(c.execute(select(func.count()).select_from(customer)).scalar(), 3)
        t.rollback()
        same(c.execute(select(func.count()).select_from(customer)).scalar(), 2)
    try:
        with engine.begin() as c:
            c.execute(customer.insert().values(name="zed"))
            c.execute(text("SELECT 1/0"))
        raise AssertionError("a division by zero went through")
    except exc.ProgrammingError as e:
        same(e.orig.errno, 100051)
    with engine.connect() as c:
        same(c.execute(select(func.count()).select_from(customer)).scalar(), 2)
    return "a rollback, and one after an error"


@operation("merge")
def _():
    with engine.begin() as c:
        m = MergeInto(target=order, source=customer, on=order.c.id == customer.c.id)
        m.when_matched_then_update().values(paid=literal(False))
        m.when_not_matched_then_insert().values(id=customer.c.id, customer_id=customer.c.id)
        c.execute(m)
    with engine.connect() as c:
        same([tuple(r) for r in c.execute(select(order.c.id, order.c.customer_id, order.c.paid).order_by(order.c.id))], [(1, 1, False), (2, 2, None)])
    return "MergeInto: one row updated, one inserted"


@operation("columns are reflected")
def _():
    got = [(c["name"], str(c["type"]), c["nullable"], c["default"], c["comment"]) for c in inspect(engine).get_columns("customer")]
    same(got, [("id", "DECIMAL(38, 0)", False, None, None), ("name", "VARCHAR(20)", False, None, "who"), ("at", "TIMESTAMP_NTZ", True, None, None),
               ("n", "DECIMAL(10, 2)", True, "1.5", None), ("v", "VARIANT", True, None, None)])
    got = [(c["name"], str(c["type"])) for c in inspect(engine).get_columns("order")]
    same(got, [("id", "DECIMAL(38, 0)"), ("customer_id", "DECIMAL(38, 0)"), ("Mixed Case", "VARCHAR(16777216)"), ("paid", "BOOLEAN"), ("d", "DATE"), ("o", "OBJECT"), ("a", "ARRAY")])
    return "names, types, nullability, defaults, comments of 12 columns"


@operation("keys are reflected")
def _():
    i = inspect(engine)
    same((i.get_pk_constraint("customer")["constrained_columns"], i.get_pk_constraint("order")["constrained_columns"]), (["id"], ["id"]))
    same([(k["name"], k["constrained_columns"], k["referred_table"], k["referred_columns"]) for k in i.get_foreign_keys("order")], [("buyer", ["customer_id"], "customer", ["id"])])
    same([k["column_names"] for k in i.get_unique_constraints("customer")], [["name"]])
    same((i.get_indexes("customer"), i.get_table_comment("customer")["text"]), ([], "those who buy"))
    return "primary, foreign and unique keys, the table's comment"


@operation("a whole schema is reflected")
def _():
    found = MetaData()
    found.reflect(bind=engine)
    same(sorted(found.tables), ["customer", "order"])
    same([f.target_fullname for f in found.tables["order"].foreign_keys], ["customer.id"])
    same([c.name for c in found.tables["order"].columns], [c.name for c in order.columns])
    i = inspect(engine)
    same({"alchemy", "public", "information_schema"} <= set(i.get_schema_names()), True)
    same((i.get_sequence_names(), i.get_temp_table_names()), ([], []))
    return "tables, columns and foreign keys from INFORMATION_SCHEMA; schemas, no sequences"


@operation("views")
def _():
    with engine.begin() as c:
        c.execute(text("CREATE OR REPLACE VIEW buyers AS SELECT name, n FROM customer"))
    i = inspect(engine)
    same((i.get_view_names(), i.get_view_definition("buyers")), (["buyers"], "CREATE OR REPLACE VIEW buyers AS SELECT name, n FROM customer"))
    same([(c["name"], str(c["type"])) for c in i.get_columns("buyers")], [("name", "VARCHAR(20)"), ("n", "DECIMAL(10, 2)")])
    with engine.connect() as c:
        same(sorted(c.execute(text("SELECT name FROM buyers")).scalars().all()), ["ann", "bob"])
    return "created, listed, described, read"


for name, f in operations:
    try:
        print(json.dumps({"operation": name, "agrees": True, "detail": f()}), flush=True)
    except Exception as e:
        print(json.dumps({"operation": name, "agrees": False, "detail": f"{type(e).__name__}: {e}"}), flush=True)
