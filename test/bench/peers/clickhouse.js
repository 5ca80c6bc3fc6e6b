// clickhouse -- the job in ClickHouse's SQL (chdb, its engine as a library), every value as text.
//
//     node peers/clickhouse.js narrow|wide gzip|zstd THREADS SCHEMA.json INPUT_DIR OUT_DIR
//
// wide is one statement: read the JSON with its types given, write CSV partitioned by table. narrow
// reads into a table in memory once, then writes each table's own columns with an INSERT of its own.
"use strict";
const { Session } = require("chdb");
const { BUILT_IN, allColumns, readArguments } = require("./peer.js");

const { shape, threads, schema, input, out, suffix } = readArguments();
const name = (text) => `\`${text}\``;
const literal = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

// The type of one JSON value: Nullable(String), or Tuple(`app` Tuple(...), ...).
function typeOf(value) {
  if (value === null) return "Nullable(String)";
  const fields = Object.entries(value).map(([key, below]) => `${name(key)} ${typeOf(below)}`);
  return `Tuple(${fields.join(", ")})`;
}

// A column's value: `context`.`app`.`name`.
function valueOf({ paths }) {
  const values = paths.map((path) => path.map(name).join("."));
  return values.length > 1 ? `coalesce(${values.join(", ")})` : values[0];
}

// The files of one table as a target of INSERT, their columns all text.
function csvFile(file, columns) {
  const types = columns.map((column) => `${name(column)} Nullable(String)`).join(", ");
  return `FUNCTION file(${literal(`${out}/${file}.${suffix}`)}, 'CSVWithNames', ${literal(types)})`;
}

const types = Object.entries(schema.shape).map(([key, value]) => `${name(key)} ${typeOf(value)}`);
const events = `file(${literal(`${input}/*.json.gz`)}, 'JSONEachRow', ${literal(types.join(", "))})`;
const builtIn = Object.entries(BUILT_IN).map(([type, table]) => `type = ${literal(type)}, ${literal(table)}`);
const tableName = `multiIf(type = 'track', lower(replaceAll(assumeNotNull(event), ' ', '_')), ${builtIn.join(", ")}, '')`;
const columns = allColumns(schema);

// The column of the table's name has to be written too: PARTITION BY sees only what is inserted.
function wide(session) {
  session.query(`INSERT INTO ${csvFile("{_partition_id}", ["table", ...columns.map((column) => column.name)])}
                 PARTITION BY assumeNotNull(\`table\`)
                 SELECT ${tableName} AS \`table\`, ${columns.map(valueOf).join(", ")} FROM ${events}`);
}

// The columns of the table in memory are called c_NAME, since a property may be called `event`.
function narrow(session) {
  const flat = columns.map((column) => `${valueOf(column)} AS ${name(`c_${column.name}`)}`);
  session.query(`CREATE TABLE events ENGINE = Memory AS SELECT ${tableName} AS \`table\`, ${flat.join(", ")} FROM ${events}`);
  for (const table of schema.tables) {
    const own = table.columns.map((column) => column.name);
    session.query(`INSERT INTO ${csvFile(table.name, own)}
                   SELECT ${own.map((column) => name(`c_${column}`)).join(", ")}
                   FROM events WHERE \`table\` = ${literal(table.name)}`);
  }
}

const session = new Session();
session.query(`SET max_threads = ${threads}, format_csv_null_representation = '', engine_file_truncate_on_insert = 1,
               input_format_json_defaults_for_missing_elements_in_named_tuple = 1,
               input_format_json_ignore_unknown_keys_in_named_tuple = 1, input_format_skip_unknown_fields = 1`);
(shape === "wide" ? wide : narrow)(session);
session.cleanup();
