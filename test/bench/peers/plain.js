// plain -- the job as a script that one writes in an afternoon: JSON.parse, a loop, zlib.
//
//     node peers/plain.js narrow gzip 1 SCHEMA.json INPUT_DIR OUT_DIR
//
// One thread of JavaScript (zlib's streams use the thread pool). Numbers pass through doubles, so ids
// above 2^53 come out changed.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { finished } = require("node:stream/promises");
const zlib = require("node:zlib");
const { BUILT_IN, readArguments } = require("./peer.js");

const { schema, input, out, suffix } = readArguments();
const CHUNK = 1 << 18; // characters gathered before they are handed to zlib

function valueAt(event, keys) {
  let value = event;
  for (const key of keys) value = value?.[key];
  return value;
}

function field(value) {
  if (value === undefined || value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return `"${text.replaceAll('"', '""')}"`;
}

// One table's file, opened at its first row.
class Table {
  constructor({ name, columns }) {
    this.paths = columns.map((column) => column.paths);
    this.text = columns.map((column) => column.name).join(",") + "\n";
    this.gzip = zlib.createGzip({ level: 1 });
    this.file = this.gzip.pipe(fs.createWriteStream(`${out}/${name}.${suffix}`));
  }
  add(event) {
    const value = (paths) => paths.map((keys) => valueAt(event, keys)).find((found) => found != null);
    this.text += this.paths.map((paths) => field(value(paths))).join(",") + "\n";
    if (this.text.length >= CHUNK) this.flush();
  }
  flush() {
    this.isFull = !this.gzip.write(this.text);
    this.text = "";
  }
}

async function main() {
  const tables = new Map(schema.tables.map((table) => [table.name, table]));
  const open = new Map();
  for (const object of fs.readdirSync(input).filter((name) => name.endsWith(".json.gz"))) {
    const unpacked = fs.createReadStream(path.join(input, object)).pipe(zlib.createGunzip());
    for await (const line of readline.createInterface({ input: unpacked })) {
      const event = JSON.parse(line);
      const name = BUILT_IN[event.type] ?? event.event.toLowerCase().replaceAll(" ", "_");
      if (!open.has(name)) open.set(name, new Table(tables.get(name)));
      const table = open.get(name);
      table.add(event);
      if (table.isFull) {
        await new Promise((resolve) => table.gzip.once("drain", resolve));
        table.isFull = false;
      }
    }
  }
  for (const table of open.values()) {
    table.gzip.end(table.text);
    await finished(table.file);
  }
}

main();
