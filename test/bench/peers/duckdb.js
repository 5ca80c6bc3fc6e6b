// duckdb -- the job in DuckDB's SQL, every value as text: see README.md for what was tried.
//
//     node peers/duckdb.js narrow|wide gzip|zstd THREADS SCHEMA.json INPUT_DIR OUT_DIR
//
// wide is one statement: read the JSON with its types given, write CSV partitioned by table. narrow
// reads into a temporary table once, then writes each table's own columns with a COPY of its own.
"use strict";
const { DuckDBInstance } = require("@duckdb/node-api");
const { BUILT_IN, allColumns, readArguments } = require("./peer.js");

const { shape, codec, threads, schema, input, out, suffix } = readArguments();
const name = (text) => `"${text}"`;
const literal = (text) => `'${text.replaceAll("'", "''")}'`;

// The type of one JSON value: VARCHAR, or STRUCT("app" STRUCT(...), ...).
function typeOf(value) {
  if (value === null) return "VARCHAR";
  const fields = Object.entries(value).map(([key, below]) => `${name(key)} ${typeOf(below)}`);
  return `STRUCT(${fields.join(", ")})`;
}

// A column as an expression: "context"."app"."name" AS "context_app_name".
function selected({ name: column, paths }) {
  const values = paths.map((path) => path.map(name).join("."));
  return `${values.length > 1 ? `coalesce(${values.join(", ")})` : values[0]} AS ${name(column)}`;
}

const types = Object.entries(schema.shape).map(([key, value]) => `${literal(key)}: ${literal(typeOf(value))}`);
const events = `read_json(${literal(`${input}/*.json.gz`)}, format = 'newline_delimited', columns = {${types.join(", ")}})`;
const builtIn = Object.entries(BUILT_IN).map(([type, table]) => `WHEN ${literal(type)} THEN ${literal(table)}`);
const tableName = `CASE type WHEN 'track' THEN lower(replace(event, ' ', '_')) ${builtIn.join(" ")} END`;
const csv = `FORMAT csv, COMPRESSION ${codec}`;

async function wide(db) {
  await db.run(`COPY (SELECT ${tableName} AS "table", ${allColumns(schema).map(selected).join(", ")} FROM ${events})
                TO ${literal(out)} (${csv}, PARTITION_BY ("table"), FILE_EXTENSION ${literal(suffix)})`);
}

async function narrow(db) {
  await db.run(`CREATE TEMP TABLE events AS SELECT ${tableName} AS "table", * FROM ${events}`);
  for (const table of schema.tables)
    await db.run(`COPY (SELECT ${table.columns.map(selected).join(", ")} FROM events WHERE "table" = ${literal(table.name)})
                  TO ${literal(`${out}/${table.name}.${suffix}`)} (${csv}, HEADER)`);
}

async function main() {
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const db = await instance.connect();
  await db.run("SET preserve_insertion_order = false"); // the faster setting; order means nothing here
  await (shape === "wide" ? wide(db) : narrow(db));
}

main();
