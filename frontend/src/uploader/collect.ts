/** From what a person dropped or chose to a plan: which files travel alone, which in packs. */
import { type Item, Pack } from "./pack";

const SMALL = 1024 * 1024; // bytes; smaller files travel in packs
const PACK_BYTES = 256 * 1024 * 1024;
const PACK_FILES = 5000;
const FEW = 3; // fewer small files than this go one by one
const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

export interface Part {
  kind: "file" | "pack";
  name: string;
  path: string;
  size: number; // bytes that travel
  files: number;
  source: File | Pack;
  key: string; // the same for the same files, in another visit too
}

export interface Plan {
  key: string;
  label: string;
  bytes: number;
  files: number;
  parts: Part[];
}

function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  // A reader gives at most 100 entries at a time, and an empty list at the end.
  return new Promise((resolve, reject) => {
    const all: FileSystemEntry[] = [];
    const next = () =>
      reader.readEntries((entries) => {
        if (!entries.length) resolve(all);
        else {
          for (const entry of entries) all.push(entry);
          next();
        }
      }, reject);
    next();
  });
}

/** Every file under what was dropped, with its path. */
export async function dropped(transfer: DataTransfer): Promise<Item[]> {
  // Entries must be taken in this turn: the list is emptied when the event ends.
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry());
  if (!entries.some(Boolean)) return chosen(transfer.files);
  const items: Item[] = [];
  const waiting = entries.filter((entry) => entry !== null);
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    if (entry.isDirectory) {
      for (const child of await readAll((entry as FileSystemDirectoryEntry).createReader())) {
        waiting.push(child);
      }
    } else {
      const found = entry as FileSystemFileEntry;
      const file = await new Promise<File>((resolve, reject) => found.file(resolve, reject));
      items.push({ file, path: entry.fullPath });
    }
  }
  return items;
}

export function chosen(files: FileList): Item[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** A 106-bit digest: enough to know the same files again, and there without a secure address. */
function digest(text: string): string {
  const half = (seed: number) => {
    let a = 0xdeadbeef ^ seed;
    let b = 0x41c6ce57 ^ seed;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
  };
  return `${half(0)}.${half(7)}`;
}

function tidy(items: Item[]): Item[] {
  const seen = new Set<string>();
  const kept: Item[] = [];
  for (const { file, path } of items) {
    const clean = path
      .normalize("NFC")
      .split("/")
      .filter((part) => part && part !== "." && part !== "..")
      .join("/");
    if (LITTER.has(file.name) || clean.startsWith("__MACOSX/")) continue;
    let unique = clean;
    for (let n = 2; seen.has(unique); n++) {
      unique = clean.replace(/(\.[^./]*)?$/, (end) => ` (${n})${end}`);
    }
    seen.add(unique);
    kept.push({ file, path: unique });
  }
  // By code units and not by language, so that every visit packs alike.
  return kept.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function keyOf(kind: string, items: Item[]): string {
  const lines = items.map(({ file, path }) => `${path}\0${file.size}\0${file.lastModified}`);
  return digest(`${kind}\n${lines.join("\n")}`);
}

function labelOf(items: Item[]): string {
  const tops = new Set(items.map(({ path }) => path.split("/")[0]!));
  const [first = ""] = tops;
  return tops.size > 1 ? `${first} +${tops.size - 1}` : first;
}

export function plan(found: Item[]): Plan {
  const items = tidy(found);
  const label = labelOf(items);
  const small = items.filter(({ file }) => file.size < SMALL);
  const packed = new Set(small.length < FEW ? [] : small);
  const parts: Part[] = [];
  let group: Item[] = [];
  let bytes = 0;
  const close = () => {
    if (!group.length) return;
    const source = new Pack(group);
    const name = `${label}-${parts.length + 1}.zip`;
    const key = keyOf("pack", group);
    parts.push({ kind: "pack", name, path: name, size: source.size, files: group.length, source, key });
    group = [];
    bytes = 0;
  };
  for (const item of packed) {
    if (group.length === PACK_FILES || bytes + item.file.size > PACK_BYTES) close();
    group.push(item);
    bytes += item.file.size;
  }
  close();
  for (const item of items) {
    if (packed.has(item)) continue;
    const { file, path } = item;
    const key = keyOf("file", [item]);
    parts.push({ kind: "file", name: file.name, path, size: file.size, files: 1, source: file, key });
  }
  const total = parts.reduce((sum, part) => sum + part.size, 0);
  const key = digest(parts.map((part) => part.key).join("\n"));
  return { key, label, bytes: total, files: items.length, parts };
}
