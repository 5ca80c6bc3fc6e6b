// peer -- what the three Node.js peers share: their arguments and the schema they are given.
//
//     node peers/NAME.js SHAPE CODEC THREADS SCHEMA.json INPUT_DIR OUT_DIR
//
// SHAPE is narrow (a file a table, with that table's columns) or wide (a file a table, each with the
// columns of all); CODEC is gzip or zstd; INPUT_DIR holds *.json.gz; OUT_DIR is made. The schema's
// form is in ../schema.py.
"use strict";
const fs = require("node:fs");

// The tables of events that are not track events.
const BUILT_IN = { page: "pages", screen: "screens", identify: "identifies", group: "groups", alias: "aliases" };

// Return the command line as an object: {shape, codec, threads, schema, input, out, suffix}.
function readArguments() {
  const [shape, codec, threads, schemaFile, input, out] = process.argv.slice(2);
  fs.mkdirSync(out, { recursive: true });
  const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));
  return { shape, codec, threads: Number(threads), schema, input, out, suffix: codec === "zstd" ? "csv.zst" : "csv.gz" };
}

// Return the columns of all tables as one list [{name, paths}]; a name met twice has the paths of both.
function allColumns(schema) {
  const pathsOf = new Map();
  for (const { name, paths } of schema.tables.flatMap((table) => table.columns)) {
    const known = pathsOf.get(name) ?? new Map();
    for (const path of paths) known.set(path.join("."), path);
    pathsOf.set(name, known);
  }
  return [...pathsOf].map(([name, paths]) => ({ name, paths: [...paths.values()] }));
}

module.exports = { BUILT_IN, allColumns, readArguments };
