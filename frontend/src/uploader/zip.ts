/**
 * For browsers that cannot make packs (codec.ts): many small files as one uncompressed ZIP, made
 * while it is being read (PKWARE APPNOTE 6.3.10).
 *
 * Entries are stored, so every offset follows from names and sizes alone: any slice of the ZIP can
 * be made without having made what comes before it, and an upload can go on in the middle after the
 * browser was closed. Files are read only when a slice needs them; the CRC-32 of each is kept.
 * It stays below 4 GiB and 65,535 entries, so ZIP64 is never needed.
 */
export interface Item {
  file: File;
  path: string; // relative, "/" between its parts
}

const LOCAL = 30;
const CENTRAL = 46;
const END = 22;
const UTF8 = 0x0800; // general purpose bit 11

const table = new Uint32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let index = 0; index < bytes.length; index++) {
    crc = (table[(crc ^ bytes[index]!) & 0xff]! ^ (crc >>> 8)) >>> 0;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** MS-DOS date and time (2 s steps, from 1980), in UTC so that the same file gives the same bytes. */
function dosTime(milliseconds: number): [time: number, date: number] {
  const when = new Date(milliseconds);
  const year = Math.min(Math.max(when.getUTCFullYear(), 1980), 2107);
  const time =
    (when.getUTCHours() << 11) | (when.getUTCMinutes() << 5) | (when.getUTCSeconds() >> 1);
  const date = ((year - 1980) << 9) | ((when.getUTCMonth() + 1) << 5) | when.getUTCDate();
  return [time, date];
}

interface Entry {
  item: Item;
  name: Uint8Array<ArrayBuffer>;
  size: number;
  offset: number; // of its local header
}

export class Zip {
  readonly size: number;
  private readonly entries: Entry[] = [];
  private readonly crcs: (number | undefined)[] = [];
  private readonly centralOffset: number;
  private central: Uint8Array<ArrayBuffer> | undefined;
  private last: { index: number; bytes: Uint8Array<ArrayBuffer> } | undefined;

  constructor(readonly items: Item[]) {
    const encoder = new TextEncoder();
    let offset = 0;
    let directory = END;
    for (const item of items) {
      const name = encoder.encode(item.path);
      this.entries.push({ item, name, size: item.file.size, offset });
      offset += LOCAL + name.length + item.file.size;
      directory += CENTRAL + name.length;
    }
    this.centralOffset = offset;
    this.size = offset + directory;
  }

  /** The bytes from `start` up to `end` (or the end of the zip). */
  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const stop = Math.min(end, this.size);
    const out = new Uint8Array(Math.max(0, stop - start));
    const put = (bytes: Uint8Array, at: number) => {
      const from = Math.max(start, at);
      const to = Math.min(stop, at + bytes.length);
      if (from < to) out.set(bytes.subarray(from - at, to - at), from - start);
    };
    for (let index = this.find(start); index < this.entries.length; index++) {
      const entry = this.entries[index]!;
      if (entry.offset >= stop) break;
      const bytes = await this.bytes(index);
      put(this.header(index), entry.offset);
      put(bytes, entry.offset + LOCAL + entry.name.length);
    }
    if (stop > this.centralOffset) put(await this.directory(), this.centralOffset);
    return out;
  }

  /** How many files lie wholly before `offset`. */
  filesBefore(offset: number): number {
    return offset >= this.centralOffset ? this.entries.length : this.find(offset);
  }

  private find(start: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle]!.offset <= start) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  private async bytes(index: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.last?.index === index) return this.last.bytes;
    const entry = this.entries[index]!;
    const bytes = new Uint8Array(await entry.item.file.arrayBuffer());
    if (bytes.length !== entry.size) throw new Error(`changed while reading: ${entry.item.path}`);
    this.crcs[index] ??= crc32(bytes);
    this.last = { index, bytes };
    return bytes;
  }

  private fields(view: DataView, at: number, index: number): void {
    const entry = this.entries[index]!;
    const [time, date] = dosTime(entry.item.file.lastModified);
    view.setUint16(at, 20, true); // version needed
    view.setUint16(at + 2, UTF8, true);
    view.setUint16(at + 4, 0, true); // stored
    view.setUint16(at + 6, time, true);
    view.setUint16(at + 8, date, true);
    view.setUint32(at + 10, this.crcs[index]!, true);
    view.setUint32(at + 14, entry.size, true);
    view.setUint32(at + 18, entry.size, true);
    view.setUint16(at + 22, entry.name.length, true);
    view.setUint16(at + 24, 0, true); // extra field
  }

  private header(index: number): Uint8Array {
    const { name } = this.entries[index]!;
    const bytes = new Uint8Array(LOCAL + name.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x04034b50, true);
    this.fields(view, 4, index);
    bytes.set(name, LOCAL);
    return bytes;
  }

  private async directory(): Promise<Uint8Array> {
    if (this.central) return this.central;
    const bytes = new Uint8Array(this.size - this.centralOffset);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (let index = 0; index < this.entries.length; index++) {
      const entry = this.entries[index]!;
      if (this.crcs[index] === undefined) await this.bytes(index); // sent before a break
      view.setUint32(at, 0x02014b50, true);
      view.setUint16(at + 4, (3 << 8) | 20, true); // made on Unix
      this.fields(view, at + 6, index);
      view.setUint32(at + 38, (0o100644 << 16) >>> 0, true);
      view.setUint32(at + 42, entry.offset, true);
      bytes.set(entry.name, at + CENTRAL);
      at += CENTRAL + entry.name.length;
    }
    view.setUint32(at, 0x06054b50, true);
    view.setUint16(at + 8, this.entries.length, true);
    view.setUint16(at + 10, this.entries.length, true);
    view.setUint32(at + 12, at, true);
    view.setUint32(at + 16, this.centralOffset, true);
    this.central = bytes;
    return bytes;
  }
}
