/** From what a person dropped or chose to a plan: which files travel alone, which in packs. */
import { canPack } from "./packer";
import { type Item, Zip } from "./zip";

const PACK_BYTES = 16 * 1024 * 1024; // of the files in one pack at most: what is made again later
const PACK_LEAST = 1024 * 1024;
const PACKS = 16; // so that little, too, travels on several connections at once
const PACK_FILES = 1000;
const LARGEST_IN_PACK = 64 * 1024 * 1024; // bytes; larger files travel as they are
const SMALL = 1024 * 1024; // bytes; in a zip travel only files smaller than this
const ZIP_BYTES = 256 * 1024 * 1024;
const ZIP_FILES = 5000;
const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

export interface Part {
  kind: "file" | "pack" | "zip";
  name: string;
  path: string;
  size: number; // bytes of its files
  files: number;
  items: Item[];
  zip?: Zip;
  key: string; // the same for the same files, in any browser
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

/** Neighbours in groups of at most so many bytes and files. */
function groups(items: Item[], mostBytes: number, mostFiles: number): Item[][] {
  const all: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const group = all.at(-1);
    if (!group || group.length === mostFiles || bytes + item.file.size > mostBytes) {
      all.push([item]);
      bytes = 0;
    } else group.push(item);
    bytes += item.file.size;
  }
  return all;
}

function partsOf(items: Item[], label: string): Part[] {
  const kind = canPack() ? "pack" : "zip";
  const limit = kind === "pack" ? LARGEST_IN_PACK : SMALL;
  const together = items.filter(({ file }) => file.size <= limit);
  const alone = items.filter(({ file }) => file.size > limit);
  const total = together.reduce((sum, { file }) => sum + file.size, 0);
  const packBytes = Math.min(PACK_BYTES, Math.max(PACK_LEAST, total / PACKS));
  const [mostBytes, mostFiles] = kind === "pack" ? [packBytes, PACK_FILES] : [ZIP_BYTES, ZIP_FILES];
  const parts = groups(together, mostBytes, mostFiles).map((group, index): Part => {
    const name = `${label}-${index + 1}.${kind}`;
    const zip = kind === "zip" ? new Zip(group) : undefined;
    const size = zip?.size ?? group.reduce((sum, { file }) => sum + file.size, 0);
    const key = keyOf(kind, group);
    return { kind, name, path: name, size, files: group.length, items: group, zip, key };
  });
  for (const item of alone) {
    const { file, path } = item;
    const key = keyOf("file", [item]);
    parts.push({ kind: "file", name: file.name, path, size: file.size, files: 1, items: [item], key });
  }
  return parts;
}

export function plan(found: Item[]): Plan {
  const items = tidy(found);
  const label = labelOf(items);
  const parts = partsOf(items, label);
  const bytes = parts.reduce((sum, part) => sum + part.size, 0);
  const key = digest(parts.map((part) => part.key).join("\n"));
  return { key, label, bytes, files: items.length, parts };
}
